// A tone while an alarm waits. Browsers allow it once the page has been touched.

let context = null;
let timer = null;

for (const touch of ["pointerdown", "keydown"]) {
  document.addEventListener(touch, () => {
    context ??= new AudioContext();
    context.resume();
  });
}

function beep() {
  navigator.vibrate?.([300, 150, 300]);
  if (!context || context.state !== "running") return;
  for (const [at, hertz] of [[0, 740], [0.25, 880]]) {
    const tone = new OscillatorNode(context, { frequency: hertz });
    const loudness = new GainNode(context, { gain: 0.4 });
    tone.connect(loudness).connect(context.destination);
    tone.start(context.currentTime + at);
    tone.stop(context.currentTime + at + 0.2);
  }
}

/** Sounds until `stopRinging`. */
export function ring() {
  if (timer !== null) return;
  beep();
  timer = setInterval(beep, 2500);
}

/** Falls silent. */
export function stopRinging() {
  clearInterval(timer);
  timer = null;
}
