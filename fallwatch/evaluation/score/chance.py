"""Share of chance in a run: the same clips in a mirror, and begun one frame later.

Nothing that happened is changed by either, so a fall that is found in one and missed in another
was found, or missed, by luck. A limit that suits the recordings at hand and no others shows here
first, and three times as many trials tell two judges apart that differ by one fall.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fallwatch.evaluation.score.clip_result import ClipResult
from fallwatch.evaluation.score.matching import Verdict, match
from fallwatch.evaluation.score.metrics import groups_of, is_disturbed


@dataclass(frozen=True, slots=True)
class Chance:
    """How often the same clips are judged the same.

    Attributes:
        name: Of the group of clips.
        falls: Annotated falls.
        found: Falls found, as recorded and in each variation.
        always: Falls found in all of them.
        never: Falls found in none.
        quiet_clips: Clips in which nobody falls.
        disturbed: Those with an alarm that somebody fell, as recorded and in each variation.
        unsteady: Names of the clips in which not all found the same.
    """

    name: str
    falls: int
    found: tuple[int, ...]
    always: int
    never: int
    quiet_clips: int
    disturbed: tuple[int, ...]
    unsteady: tuple[str, ...]


def chance_by_source(
    recorded: Sequence[ClipResult], varied: Mapping[str, Sequence[ClipResult]], after_s: float
) -> list[Chance]:
    """Everything but sport first, then sport, then each source.

    Args:
        recorded: The clips as recorded.
        varied: The same clips in each variation, in the same order, by its name.
        after_s: T: how long after the end of a fall its alarm may come, seconds.
    """
    views = {clip.clip: [clip] for clip in recorded}
    for clips in varied.values():
        for clip in clips:
            views[clip.clip].append(clip)
    return [
        _chance(name, [views[clip.clip] for clip in group], after_s)
        for name, group in groups_of(recorded)
    ]


def _chance(name: str, clips: Sequence[Sequence[ClipResult]], after_s: float) -> Chance:
    """Of one group; clips that failed in any view or are not labelled are left out."""
    counted = [views for views in clips if all(v.error is None and v.labelled for v in views)]
    found = [[_found(view, after_s) for view in views] for views in counted]
    quiet = [views for views in counted if not views[0].falls_s]
    disturbed = [[is_disturbed(view) for view in views] for views in quiet]
    unsteady = [v[0].clip for v, each in zip(counted, found, strict=True) if len(set(each)) > 1]
    unsteady += [v[0].clip for v, each in zip(quiet, disturbed, strict=True) if len(set(each)) > 1]
    return Chance(
        name=name,
        falls=sum(len(views[0].falls_s) for views in counted),
        found=tuple(sum(map(len, each)) for each in zip(*found, strict=True)),
        always=sum(len(frozenset.intersection(*each)) for each in found),
        never=sum(
            len(views[0].falls_s) - len(frozenset.union(*each))
            for views, each in zip(counted, found, strict=True)
        ),
        quiet_clips=len(quiet),
        disturbed=tuple(map(sum, zip(*disturbed, strict=True))),
        unsteady=tuple(unsteady),
    )


def _found(clip: ClipResult, after_s: float) -> frozenset[int]:
    """Positions of the falls that were found, in the annotation."""
    matched = match(clip.events, clip.falls_s, after_s)
    found = (each.fall for each in matched if each.verdict is Verdict.FOUND)
    return frozenset(fall for fall in found if fall is not None)
