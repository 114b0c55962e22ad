"""The line between a fall and going down on purpose: what makes a suspicion, and what settles it.

Nobody is harmed by three seconds; everybody is by an alarm that cries wolf. So a clear fall is told
at once, and whatever could also be kneeling, crawling, squatting, sitting or lying down on purpose
is watched for a while first:

- `is_suspect` begins a suspicion, or renews it;
- `is_clear_fall`: fast, or lying at once. Needs `JudgeConfig.confirm_s`;
- `is_settled`: down in a way that could be on purpose, and lying now as after a fall. Must last;
- `loss_while_falling`: lost from view on the way down.

`went_down_on_purpose` is what tells lying down from falling: whoever does that sits, kneels or
shifts about down there first.

All are pure functions of one sighting and what is known so far. Limits were set on falls of eight
sources and everyday life in some 120 rooms, and lie in gaps between the two, not at their edges.
Lengths are in body sizes, speeds in body sizes a second.
"""

from __future__ import annotations

from fallwatch.core.judge.conditions import is_lying_on_floor
from fallwatch.core.judge.evidence import Descent
from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.motion import Motion
from fallwatch.core.judge.person_state import Loss, PersonState, Sighting, Suspicion

#: Lying alone is no fall, however clear: some descent must have been seen.
_MIN_DESCENT = 0.15

#: People go down on purpose at up to 0.9; from 1.6 on the speed alone is enough.
_FAST = 1.0
_VERY_FAST = 1.6

#: What else a fast descent needs: a classifier that does not speak against it; or that speed, or a
#: score this far over the threshold, with the head still so far down. A pose that flips over in one
#: frame and back has the speed.
_FAST_P_FALL = 0.35
_HIGH_MARGIN = 0.20
_STILL_DOWN = 0.40

#: A slower one: this much lying, by this classifier, this soon after the descent.
_AT_ONCE_LYING = 0.70
_AT_ONCE_P_FALL = 0.45
_AT_ONCE_S = 1.5

#: ... or whatever the classifier says, if the body is seen in its full length and the score is
#: this far over the threshold.
_FULL_LENGTH = 0.80
_FULL_MARGIN = 0.12

#: Whoever slides down has the head this far below where it was, and lies by the classifier.
_SLIDE_DROP = 0.33
_SLIDE_P_FALL = 0.55

#: Whoever drops has the head so far down, so fast, and then so low.
_DROP = 0.42
_DROP_SPEED = 0.75
_DROPPED_HEAD_HEIGHT = 0.55

#: Whoever falls along the line of sight comes down less, in the image, and looks this short: what
#: tells the fall is that they do not move then. Whoever sits down on something low, facing a camera
#: high up, looks a little longer: there the classifier must not speak against it.
_SUNK_DROP = 0.36
_SUNK_SPEED = 0.50
_SUNK_HEAD_HEIGHT = 0.60
_SUNK_LENGTH = 0.50
_SUNK_LONGER = 0.60
_SUNK_P_FALL = 0.20

#: Lying as after a fall, by posture and classifier together.
_SETTLED_LYING = 0.60
_SETTLED_P_FALL = 0.55

#: ... by a classifier that is sure, whatever the posture looks like from here.
_SURE_P_FALL = 0.75
_SURE_HEAD_HEIGHT = 0.60
_SURE_RESTLESSNESS = 0.35

#: ... by keeping still, low, in something like lying.
_STILL_LYING = 0.45
_STILL = 0.12
_STILL_HEAD_HEIGHT = 0.45

#: ... by not moving at all: whoever sits down or kneels moves on. Seen from above and from near, a
#: body that lies along the line of sight looks like neither; where it looks as short as one that
#: sank, the head may look as high.
_MOTIONLESS = 0.05

#: On hands and knees, head towards the camera, a body looks shorter than this; whoever lies with
#: the feet towards it does too, but keeps stiller than that. Where nothing but the score speaks
#: for a fall, the body must be longer.
_SHORT = 0.45
_STILL_SHORT = 0.08
_LONG = 0.50

#: Where the sizes jump more than this about their course, the pose model guesses.
_JUMPY = 0.10

#: Whoever has sat, knelt or moved about on the floor for this long lies down on purpose.
_SAT_S = 1.0

#: Lost from view: this soon after the descent, or with one this clear in the last sighting, and the
#: head this low; no more than this part of the body beyond the image's edge, and a classifier
#: that does not speak against it.
_LOST_SOON_S = 0.6
_STEEP_DESCENT = 0.45
_STEEP_HEAD_HEIGHT = 0.60
_LOST_MAX_CUT_OFF = 0.5
_LOST_P_FALL = 0.20


def is_over_threshold(score: float, strongest: Descent, config: JudgeConfig) -> bool:
    """Whether descent and posture together speak for a fall."""
    return score >= config.threshold and strongest.value >= _MIN_DESCENT


def is_suspect(score: float, strongest: Descent, sighting: Sighting, config: JudgeConfig) -> bool:
    """Whether somebody may be falling or have fallen: it must be watched until it is clear."""
    if is_over_threshold(score, strongest, config):
        return True
    if sighting.in_bed:
        return False
    return _has_slid(sighting) or _has_dropped(sighting.motion) or _has_sunk(sighting)


def _has_slid(sighting: Sighting) -> bool:
    lies = is_lying_on_floor(sighting) or _p_fall(sighting) >= _SLIDE_P_FALL
    return lies and sighting.motion.total_drop >= _SLIDE_DROP


def _has_dropped(motion: Motion) -> bool:
    fell = motion.head_drop >= _DROP and motion.head_speed >= _DROP_SPEED
    return fell and motion.head_height <= _DROPPED_HEAD_HEIGHT


def _has_sunk(sighting: Sighting) -> bool:
    motion = sighting.motion
    sank = motion.head_drop >= _SUNK_DROP and motion.head_speed >= _SUNK_SPEED
    longest = _SUNK_LONGER if _p_fall(sighting) >= _SUNK_P_FALL else _SUNK_LENGTH
    return sank and motion.length < longest and motion.head_height <= _SUNK_HEAD_HEIGHT


def _p_fall(sighting: Sighting) -> float:
    """The classifier's probability; 0 where it was never asked."""
    return 0.0 if sighting.p_fall is None else sighting.p_fall


def has_sat(motion: Motion) -> bool:
    """Whether somebody has just been sitting on the floor, on hands and knees, or as low."""
    return motion.sat_s >= _SAT_S


def went_down_on_purpose(suspicion: Suspicion) -> bool:
    """Whether somebody sat, knelt or moved about on the floor first, and came down slowly.

    Whoever comes down fast and stays sitting has landed there.
    """
    return suspicion.sat and suspicion.top_speed < _FAST


def is_clear_fall(
    score: float, suspicion: Suspicion, sighting: Sighting, config: JudgeConfig
) -> bool:
    """Whether this can be nothing but a fall.

    Args:
        score: Evidence for a fall.
        suspicion: What is known since it was suspected.
        sighting: The latest.
        config: The limits.
    """
    if not is_over_threshold(score, suspicion.descent, config):
        return False
    if suspicion.top_speed >= _FAST:
        return _is_fast_fall(score, suspicion.top_speed, sighting, config)
    return _lies_at_once(score, suspicion, sighting, config)


def _is_fast_fall(score: float, top_speed: float, sighting: Sighting, config: JudgeConfig) -> bool:
    if sighting.p_fall is None or sighting.p_fall >= _FAST_P_FALL:
        return True
    clear = top_speed >= _VERY_FAST or score >= config.threshold + _HIGH_MARGIN
    motion = sighting.motion
    return clear and motion.total_drop >= _STILL_DOWN and motion.jitter <= _JUMPY


def _lies_at_once(
    score: float, suspicion: Suspicion, sighting: Sighting, config: JudgeConfig
) -> bool:
    soon = sighting.at_s - suspicion.peak_s <= _AT_ONCE_S
    if went_down_on_purpose(suspicion) or not soon or sighting.lying < _AT_ONCE_LYING:
        return False
    length = sighting.motion.length
    if length >= _FULL_LENGTH and score >= config.threshold + _FULL_MARGIN:
        return True
    return length >= _SHORT and _p_fall(sighting) >= _AT_ONCE_P_FALL


def is_settled(sighting: Sighting, *, over: bool, on_purpose: bool) -> bool:
    """Whether somebody suspected lies as after a fall.

    Args:
        sighting: The latest.
        over: Whether the score is over the threshold.
        on_purpose: Whether they went down on purpose, see `went_down_on_purpose`.
    """
    motion = sighting.motion
    if sighting.in_bed or on_purpose or motion.jitter > _JUMPY:
        return False
    if _lies_by_classifier(sighting):
        return True
    sunk = motion.length < _SUNK_LENGTH and motion.head_height <= _SUNK_HEAD_HEIGHT
    low = sunk or motion.head_height <= _DROPPED_HEAD_HEIGHT
    if low and motion.restlessness <= _MOTIONLESS:
        return True
    if motion.head_height > _STILL_HEAD_HEIGHT:
        return False
    still = sighting.lying >= _STILL_LYING and motion.restlessness <= _STILL
    return still or (over and motion.length >= _LONG)


def _lies_by_classifier(sighting: Sighting) -> bool:
    """Whether the classifier says so, and the body is not that of somebody on hands and knees."""
    motion, p_fall = sighting.motion, sighting.p_fall
    if p_fall is None:
        return False
    short = motion.length < _SHORT
    if not short and sighting.lying >= _SETTLED_LYING and p_fall >= _SETTLED_P_FALL:
        return True
    stiller = motion.restlessness <= (_STILL_SHORT if short else _SURE_RESTLESSNESS)
    return p_fall >= _SURE_P_FALL and motion.head_height <= _SURE_HEAD_HEIGHT and stiller


def is_head_up(motion: Motion) -> bool:
    """Whether the head is higher than that of somebody who fell, right now."""
    return motion.last_head_height > _STEEP_HEAD_HEIGHT


def loss_while_falling(state: PersonState, config: JudgeConfig) -> Loss | None:
    """The loss, if the last sighting was of somebody falling, inside a sharp image.

    Args:
        state: Of somebody whom the latest frame does not show.
        config: The limits.
    """
    sighting = state.sighting
    if sighting is None or not state.descents.seen or state.phase.needs_help:
        return None
    if sighting.in_bed or sighting.motion.cut_off > _LOST_MAX_CUT_OFF:
        return None
    if has_sat(sighting.motion):
        return None  # nobody falls who is down already
    if not sighting.in_focus:
        return None  # there people are lost from view for no reason
    if not _may_be_lost_falling(state.descents.top_speed, sighting):
        return None
    peak_s, strongest = state.descents.strongest
    soon = sighting.at_s - peak_s <= _LOST_SOON_S
    if soon and is_over_threshold(state.score, strongest, config):
        return Loss(sighting.at_s, peak_s, strongest)
    last_s, last = state.descents.seen[-1]
    steep = last_s == sighting.at_s and last.value >= _STEEP_DESCENT
    return Loss(sighting.at_s, last_s, last) if steep and not is_head_up(sighting.motion) else None


def _may_be_lost_falling(top_speed: float, sighting: Sighting) -> bool:
    """Whether descent and classifier allow that somebody who was lost was falling."""
    if top_speed >= _VERY_FAST:
        return True
    if sighting.motion.jitter > _JUMPY:
        return False
    if sighting.p_fall is None:
        return top_speed >= _FAST
    return sighting.p_fall >= (_LOST_P_FALL if top_speed >= _FAST else _AT_ONCE_P_FALL)
