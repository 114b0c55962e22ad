"""When a silent camera becomes an alarm of its own. Pure: the time is handed in."""

from __future__ import annotations

from enum import Enum

from fallwatch.pipeline.monitor import MonitorState

#: A live camera may be without pictures this long; network cameras often recover within it.
LOST_AFTER_S = 10.0

#: The kind of the technical alarm.
CAMERA_LOST = "camera_lost"

_BLIND = (MonitorState.STALLED, MonitorState.FAULTED)


class HealthChange(str, Enum):
    """What to do about the technical alarm."""

    RAISE = "raise"
    CLEAR = "clear"


class CameraHealth:
    """Follows one live camera. Feed it every status, at least once a second.

    Starting does not end the wait: a camera that is lost, tried again and lost again has been
    without pictures all the time. Only running clears the alarm.
    """

    def __init__(self, lost_after_s: float = LOST_AFTER_S) -> None:
        self._lost_after_s = lost_after_s
        self._blind_since_s: float | None = None
        self._raised = False

    def update(self, state: MonitorState, now_s: float) -> HealthChange | None:
        """Take the newest state in.

        Args:
            state: The camera's state.
            now_s: A clock that never runs backwards, in seconds.

        Returns:
            What to do now; None if nothing.
        """
        if state is MonitorState.RUNNING:
            return self._seeing()
        if state in _BLIND and self._blind_since_s is None:
            self._blind_since_s = now_s
        if self._raised or self._blind_since_s is None:
            return None
        if now_s - self._blind_since_s > self._lost_after_s:
            self._raised = True
            return HealthChange.RAISE
        return None

    def stopped(self) -> HealthChange | None:
        """Somebody stopped watching: the camera is no longer expected to send pictures."""
        return self._seeing()

    def _seeing(self) -> HealthChange | None:
        was_raised, self._raised = self._raised, False
        self._blind_since_s = None
        return HealthChange.CLEAR if was_raised else None
