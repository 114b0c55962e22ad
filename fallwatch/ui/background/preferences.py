"""The settings in use, changed from the window and from outside, and saved in the background."""

from __future__ import annotations

from collections.abc import Callable

from fallwatch.settings import Settings, merge_settings
from fallwatch.ui.background.background_tasks import BackgroundTasks

#: Writes what is different in the second settings; what the file holds then, if that is known.
Save = Callable[[Settings, Settings], Settings | None]


class Preferences:
    """Holds the settings; each change counts at once and is saved on the background thread.

    Args:
        stored: What is in the file.
        save: Writes changes to the file.
        tasks: Where it is written.
        this_run: What holds for this run instead; it is not saved, only what people change is.
    """

    def __init__(
        self,
        stored: Settings,
        save: Save,
        tasks: BackgroundTasks,
        this_run: Settings | None = None,
    ) -> None:
        #: Called with the settings before, when others have changed them.
        self.on_outside: Callable[[Settings], None] = lambda before: None
        self._stored = stored
        self._settings = this_run or stored
        self._save = save
        self._tasks = tasks
        # What was stored before the first change that could not be saved.
        self._unsaved: Settings | None = None

    @property
    def current(self) -> Settings:
        """The settings as they are now; any thread may read them."""
        return self._settings

    def change(self, *, since: Settings | None = None, **values: object) -> bool:
        """Change some settings; returns False if they were so already.

        Args:
            since: The settings that the values were chosen from, if that was a while ago: what
                others have changed since then stays.
            values: By the names of the settings.
        """
        if since is not None:
            wanted = merge_settings(since, _changed(since, values), self._settings)
            values = {key: getattr(wanted, key) for key in values}
        if all(getattr(self._settings, key) == value for key, value in values.items()):
            return False
        self._settings = _changed(self._settings, values)
        before = self._stored if self._unsaved is None else self._unsaved
        after = self._stored = _changed(self._stored, values)
        self._unsaved = None
        self._tasks.run(
            lambda: self._save(before, after),
            lambda now: self.take_over(after, now),
            lambda error: self._on_failure(before, error),
        )
        return True

    def take_over(self, seen: Settings, now: Settings | None) -> None:
        """Others have changed the file.

        Args:
            seen: What was known of it.
            now: What it holds; None if there is nothing to know.
        """
        if now is None or now == seen:
            return
        before = self._settings
        # What was changed here meanwhile, or holds for this run, counts on.
        self._stored = merge_settings(seen, self._stored, now)
        self._settings = merge_settings(seen, self._settings, now)
        if self._settings != before:
            self.on_outside(before)

    def _on_failure(self, before: Settings, error: BaseException) -> None:
        self._unsaved = self._unsaved or before
        self._tasks.failed.emit(error)


def _changed(settings: Settings, values: dict[str, object]) -> Settings:
    # Not model_copy: that one would not check the values.
    return Settings.model_validate({**settings.model_dump(), **values})
