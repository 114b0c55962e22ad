"""The watchdog's verdict on a monitor, from its heartbeats alone. Pure: the time is given."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from fallwatch.core.message import Message
from fallwatch.pipeline.health.heartbeats import CaptureCall, Heartbeats
from fallwatch.pipeline.health.status import MonitorState


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, in seconds.

    Attributes:
        fresh_s: Age of the last analysed frame up to which somebody who falls is seen.
        first_frame_s: From the models being loaded to the first analysed frame.
        loading_s: Loading the models.
        read_s: Waiting for one frame in the driver; then it hangs.
        open_s: Opening a camera; a network camera needs 13 s at worst to find out that it cannot,
            and Windows 20 s and more to open a webcam.
    """

    fresh_s: float = 2.0
    first_frame_s: float = 10.0
    loading_s: float = 60.0
    read_s: float = 10.0
    open_s: float = 40.0 if sys.platform == "win32" else 14.0


def assess(heartbeats: Heartbeats, now_s: float, limits: Limits) -> tuple[MonitorState, Message]:
    """State and its words.

    ``RUNNING`` is never said without an analysed frame younger than ``limits.fresh_s``.
    """
    if heartbeats.finished:
        return MonitorState.FINISHED, Message("The clip has ended.")
    fault = heartbeats.source_fault or heartbeats.analyzer_fault
    if fault:
        return MonitorState.FAULTED, fault
    if heartbeats.analysed_s is None:
        return _before_the_first_frame(heartbeats, now_s, limits)
    analysed_age_s = now_s - heartbeats.analysed_s
    if analysed_age_s < limits.fresh_s:
        return MonitorState.RUNNING, Message("Images are being analysed.")
    if heartbeats.analyzer_ready_s is None:
        return MonitorState.STALLED, Message("Getting ready again.")
    captured_age_s = now_s - (heartbeats.captured_s if heartbeats.captured_s is not None else now_s)
    if captured_age_s >= limits.fresh_s:
        return MonitorState.STALLED, Message("No new image for {0} s.", (f"{captured_age_s:.0f}",))
    return (
        MonitorState.STALLED,
        Message(
            "The analysis is too slow: its last result is {0} s old.", (f"{analysed_age_s:.0f}",)
        ),
    )


def hangs(heartbeats: Heartbeats, now_s: float, limits: Limits) -> bool:
    """Whether the capture thread is stuck in the driver."""
    allowed_s = {CaptureCall.OPEN: limits.open_s, CaptureCall.READ: limits.read_s}.get(
        heartbeats.call
    )
    return allowed_s is not None and now_s - heartbeats.call_since_s > allowed_s


def _before_the_first_frame(
    heartbeats: Heartbeats, now_s: float, limits: Limits
) -> tuple[MonitorState, Message]:
    if heartbeats.analyzer_ready_s is None:
        loading_s = now_s - heartbeats.started_s
        if loading_s < limits.loading_s:
            return MonitorState.STARTING, Message("Getting ready")
        return MonitorState.STALLED, Message("Still not ready after {0} s.", (f"{loading_s:.0f}",))
    waiting_s = now_s - heartbeats.analyzer_ready_s
    if waiting_s < limits.first_frame_s:
        return MonitorState.STARTING, Message("Waiting for the first image")
    if heartbeats.captured_s is None:
        return MonitorState.STALLED, Message("No image yet after {0} s.", (f"{waiting_s:.0f}",))
    return MonitorState.STALLED, Message(
        "The first image is not analysed after {0} s.", (f"{waiting_s:.0f}",)
    )
