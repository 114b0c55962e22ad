"""The settings in use, changed from the window and saved in the background."""

from __future__ import annotations

from collections.abc import Callable

from fallwatch.settings import Settings
from fallwatch.ui.background.background_tasks import BackgroundTasks


class Preferences:
    """Holds the settings; each change counts at once and is saved on the background thread.

    Args:
        stored: What is in the file.
        save: Writes the file.
        tasks: Where it is written.
        this_run: What holds for this run instead; it is not saved, only what people change is.
    """

    def __init__(
        self,
        stored: Settings,
        save: Callable[[Settings], None],
        tasks: BackgroundTasks,
        this_run: Settings | None = None,
    ) -> None:
        self._stored = stored
        self._settings = this_run or stored
        self._save = save
        self._tasks = tasks

    @property
    def current(self) -> Settings:
        """The settings as they are now; any thread may read them."""
        return self._settings

    def change(self, **values: object) -> bool:
        """Change some settings; returns False if they were so already."""
        if all(getattr(self._settings, key) == value for key, value in values.items()):
            return False
        self._settings = _changed(self._settings, values)
        stored = self._stored = _changed(self._stored, values)
        self._tasks.run(lambda: self._save(stored))
        return True


def _changed(settings: Settings, values: dict[str, object]) -> Settings:
    # Not model_copy: that one would not check the values.
    return Settings.model_validate({**settings.model_dump(), **values})
