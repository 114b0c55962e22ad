"""Settings changed from outside, as by ``fallwatch notify``, taken over while all goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from fallwatch.settings import Settings, SettingsError, read_settings, update_settings

_log = logging.getLogger(__name__)

#: How often to look; a change counts after this at the latest.
LOOK_S = 1.0

#: Size, time and number of a file: when they change, it was written.
_Stamp = tuple[int, int, int] | None


class SettingsFile:
    """The settings file, watched for what others write. Any thread.

    Args:
        path: The file.
        loaded: What was read from it.
    """

    def __init__(self, path: Path, loaded: Settings) -> None:
        self._path, self._known = path, loaded
        self._lock = threading.Lock()
        # Not the file's own: it may have been written since it was read.
        self._stamp: _Stamp = (-1, -1, -1)

    def save(self, before: Settings, after: Settings) -> Settings:
        """Write what was changed; see `fallwatch.settings.update_settings`.

        Raises:
            SettingsError: It could not be written.
        """
        with self._lock:
            self._known = update_settings(self._path, before, after)
            self._stamp = self._stamp_now()
            return self._known

    def look(self) -> tuple[Settings, Settings] | None:
        """What was known of the file and what it holds, if others have changed it since."""
        stamp = self._stamp_now()
        with self._lock:
            if stamp == self._stamp:
                return None
            try:
                now = read_settings(self._path)
            except SettingsError as error:
                _log.info("%s", error)  # perhaps it is being written; all goes on as before
                return None
            self._stamp = stamp
            # A file that is gone is no wish to have no rooms any more.
            if now is None or now == self._known:
                return None
            known, self._known = self._known, now
            return known, now

    def _stamp_now(self) -> _Stamp:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_size, status.st_mtime_ns, status.st_ino


class SettingsFollower:
    """A thread that looks every second whether settings have changed.

    Args:
        steps: What to do each time; one that fails keeps no other from being done.
    """

    def __init__(self, steps: Sequence[Callable[[], object]]) -> None:
        self._steps = steps
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="fallwatch-settings follower", daemon=True
        )

    def start(self) -> None:
        """Begin to look; once only."""
        self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> list[str]:
        """End the thread.

        Returns:
            Its name if it did not end in time.
        """
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return [self._thread.name] if self._thread.is_alive() else []

    def _run(self) -> None:
        failed: set[int] = set()
        while not self._stopping.wait(LOOK_S):
            for number, step in enumerate(self._steps):
                try:
                    step()
                    failed.discard(number)
                except Exception:  # noqa: BLE001 - the boundary: the next look may work
                    if number not in failed:
                        _log.exception("Changed settings cannot be taken over.")
                    failed.add(number)
