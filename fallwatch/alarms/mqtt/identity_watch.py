"""Identity watch: another computer may speak under this one's identity, as after a copied home."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import uuid4

from fallwatch.alarms.mqtt.documents import about_run

#: Who speaks says so about every 30 s; three times unheard, it is gone.
GONE_AFTER_S = 95.0

#: Runs that are remembered; more are one clash all the same.
_MAX_RUNS = 20


class IdentityWatch:
    """Tells the words of this run from those of another one under the same topics.

    Args:
        monotonic: Clock in seconds.

    Attributes:
        run: What this run is called, in what it says of itself.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.run = uuid4().hex[:16]
        self._monotonic = monotonic
        self._heard_s: dict[str, float] = {}

    @property
    def is_shared(self) -> bool:
        """Whether another one was heard lately."""
        now_s = self._monotonic()
        return any(now_s - heard_s < GONE_AFTER_S for heard_s in self._heard_s.values())

    def hear(self, about: bytes) -> bool:
        """Take in what was said, just now, under this station's own topic.

        Returns:
            Whether it is from another run that was not heard before: it has to hear of this one.
        """
        run = about_run(about)
        if run is None or run == self.run:
            return False
        is_new = run not in self._heard_s
        if not is_new or len(self._heard_s) < _MAX_RUNS:
            self._heard_s[run] = self._monotonic()
        return is_new and self._heard_s.get(run) is not None
