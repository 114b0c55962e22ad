"""A condition that holds only once it has lasted, and ends only once it has been over for long."""

from __future__ import annotations


class Hysteresis:
    """Keeps an alarm from flapping.

    Args:
        begins_after_s: How long the condition must hold without a break.
        ends_after_s: How long it must then be absent without a break.
    """

    def __init__(self, begins_after_s: float, ends_after_s: float) -> None:
        self._begins_after_s = begins_after_s
        self._ends_after_s = ends_after_s
        self._holds = False
        self._differs_since_s: float | None = None

    @property
    def holds(self) -> bool:
        """Whether it holds."""
        return self._holds

    def update(self, seen: bool, now_s: float) -> bool:
        """Take in how it is now.

        Args:
            seen: Whether the condition is there.
            now_s: A clock that never runs backwards, in seconds.

        Returns:
            Whether it holds.
        """
        if seen is self._holds:
            self._differs_since_s = None
            return self._holds
        if self._differs_since_s is None:
            self._differs_since_s = now_s
        needed_s = self._ends_after_s if self._holds else self._begins_after_s
        if now_s - self._differs_since_s >= needed_s:
            self._holds, self._differs_since_s = seen, None
        return self._holds
