"""The settings in use, changed from the window and saved in the background."""

from __future__ import annotations

from collections.abc import Callable

from fallwatch.settings import Settings
from fallwatch.ui.errands import Errands


class Preferences:
    """Holds the settings; each change counts at once and is saved on the errand thread."""

    def __init__(
        self, settings: Settings, save: Callable[[Settings], None], errands: Errands
    ) -> None:
        self._settings = settings
        self._save = save
        self._errands = errands

    @property
    def current(self) -> Settings:
        """The settings as they are now; any thread may read them."""
        return self._settings

    def change(self, **values: object) -> bool:
        """Change some settings; returns False if they were so already."""
        if all(getattr(self._settings, key) == value for key, value in values.items()):
            return False
        # Not model_copy: that one would not check the values.
        changed = Settings.model_validate({**self._settings.model_dump(), **values})
        self._settings = changed
        self._errands.run(lambda: self._save(changed))
        return True
