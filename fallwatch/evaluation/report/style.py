"""Style sheet of the page: light or dark, as the reader's computer is set."""

STYLE = """
:root { --ground: #fbfbf9; --card: #ffffff; --ink: #22262b; --quiet: #68707a; --line: #e2e4e1;
  --score: #1f3b57; --p: #7ea6c9; --fall: #f3cf9b; --window: #faf0e0; --pose: #b9c4bd;
  --found: #23734a; --false: #b3261e; --late: #8a6100; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16191c; --card: #1e2226; --ink: #e6e8ea; --quiet: #99a2ab; --line: #343a40;
    --score: #d5e3f0; --p: #5f8ab0; --fall: #7a5a26; --window: #33291a; --pose: #56635b;
    --found: #6cc795; --false: #ff8a80; --late: #e0b34f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; font-weight: 600; margin: 0 0 4px; }
h2 { font-size: 19px; font-weight: 600; margin: 40px 0 8px; }
p, ul { max-width: 78ch; }
.quiet { color: var(--quiet); font-weight: normal; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 14px;
  margin: 24px 0; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 14px 18px; }
.tiles span { display: block; color: var(--quiet); font-size: 13px; }
.tiles b { display: block; font-size: 28px; font-weight: 600; line-height: 1.3; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums;
  background: var(--card); }
th, td { padding: 6px 9px; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; }
th { color: var(--quiet); font-weight: 500; white-space: normal; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; }
td small { display: block; color: var(--quiet); font-weight: normal; }
td { vertical-align: top; }
tbody tr.bold { font-weight: 600; }
caption { color: var(--quiet); font-size: 13px; text-align: left; padding: 6px 9px; }
details { margin: 14px 0; }
summary { cursor: pointer; font-weight: 600; padding: 6px 0; }
figure { margin: 12px 0; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; padding: 12px 16px; }
figcaption { overflow-wrap: anywhere; }
.mistakes { color: var(--false); }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 11px; fill: var(--quiet); }
svg .label { fill: var(--ink); }
.grid { stroke: var(--line); }
polyline { fill: none; stroke-linejoin: round; }
polyline.score { stroke: var(--score); stroke-width: 1.8; }
polyline.p-fall { stroke: var(--p); stroke-width: 1.4; }
line.threshold { stroke: var(--quiet); stroke-dasharray: 5 4; }
rect.fall { fill: var(--fall); }
rect.window { fill: var(--window); }
rect.pose { fill: var(--pose); }
.dot { fill: var(--score); }
line.alarm { stroke-width: 2; }
.found line { stroke: var(--found); } .false line { stroke: var(--false); }
.late line { stroke: var(--late); } .repeated line { stroke: var(--quiet); }
svg .found text { fill: var(--found); } svg .false text { fill: var(--false); }
svg .late text { fill: var(--late); } .alarm-label { font-weight: 600; }
.legend { color: var(--quiet); font-size: 13px; max-width: none; }
.legend i { display: inline-block; width: 22px; height: 10px; margin: 0 5px 0 12px; }
.legend i.score { border-top: 2px solid var(--score); height: 5px; }
.legend i.p-fall { border-top: 2px solid var(--p); height: 5px; }
.legend i.threshold { border-top: 2px dashed var(--quiet); height: 5px; }
.legend i.fall { background: var(--fall); } .legend i.window { background: var(--window);
  border: 1px solid var(--line); }
.legend i.pose { background: var(--pose); height: 5px; margin-bottom: 2px; }
.legend b { margin-left: 8px; font-weight: 600; white-space: nowrap; }
.legend .found { color: var(--found); } .legend .false { color: var(--false); }
.legend .late { color: var(--late); }
@media print { details > * { display: block; } figure { break-inside: avoid; } }
"""
