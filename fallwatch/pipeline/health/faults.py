"""Kinds of fault: what keeps a camera from being watched."""

from __future__ import annotations

from fallwatch.core.message import Message
from fallwatch.pipeline.health.heartbeats import Heartbeats
from fallwatch.pipeline.health.status import Fault, MonitorState
from fallwatch.pipeline.health.watchdog import Limits

#: No frames come.
CAMERA_LOST = "camera_lost"
#: The same image comes again and again.
CAMERA_FROZEN = "camera_frozen"
#: It is dark, or the lens is covered.
CAMERA_BLOCKED = "camera_blocked"
#: The camera looks somewhere else than before.
CAMERA_MOVED = "camera_moved"
#: What comes is some seconds old.
CAMERA_LATE = "camera_late"
#: Too few frames are analysed to see a fall, or none in time.
ANALYSIS_SLOW = "analysis_slow"
#: Frames come and cannot be analysed.
ANALYSIS_FAILED = "analysis_failed"

#: An analysis that fails this often, within this time, leaves too much unwatched, though each time
#: it goes on before that is told.
OFTEN, OFTEN_WITHIN_S = 5, 600.0

#: Every kind, for an end to what an earlier run left open.
KINDS = (
    CAMERA_FROZEN,
    CAMERA_BLOCKED,
    CAMERA_MOVED,
    CAMERA_LATE,
    ANALYSIS_SLOW,
    ANALYSIS_FAILED,
    CAMERA_LOST,
)

#: Kinds about an image that comes and is analysed, but shows nobody, or not what is so now.
BLINDING = frozenset((CAMERA_FROZEN, CAMERA_BLOCKED, CAMERA_LATE))


def blind_because(
    heartbeats: Heartbeats, state: MonitorState, message: Message, now_s: float, limits: Limits
) -> Fault | None:
    """What keeps frames from being analysed; None while they are.

    Args:
        heartbeats: Signs of life.
        state: What `fallwatch.pipeline.health.watchdog.assess` makes of them.
        message: Its words.
        now_s: The monitor's clock.
        limits: How long things may take.
    """
    if state not in (MonitorState.STALLED, MonitorState.FAULTED):
        return None
    if heartbeats.source_fault:
        return Fault(CAMERA_LOST, message)
    if heartbeats.analyzer_fault or heartbeats.analyzer_ready_s is None:
        return Fault(ANALYSIS_FAILED, message)
    comes = heartbeats.captured_s is not None and now_s - heartbeats.captured_s < limits.fresh_s
    return Fault(ANALYSIS_SLOW if comes else CAMERA_LOST, message)


def often_failed(camera: str, failures: int) -> Fault | None:
    """The fault of an analysis that fails again and again; None if it does not.

    Args:
        camera: Its name.
        failures: How many within `OFTEN_WITHIN_S`.
    """
    if failures < OFTEN:
        return None
    words = Message(
        "The analysis of {0} has failed {1} times in ten minutes, and nobody was watched for a "
        "while each time. Start this computer again; if that does not help, install fallwatch "
        "again.",
        (camera, failures),
    )
    return Fault(ANALYSIS_FAILED, words)
