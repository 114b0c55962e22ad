"""The user's settings, for commands that watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from fallwatch.settings import Settings


def stored_settings() -> Settings:
    """What the file of the settings holds; what is wrong in it is told on standard error."""
    from fallwatch import paths
    from fallwatch.settings import SETTINGS_FILE, load_settings

    settings, problems = load_settings(paths.config_dir() / SETTINGS_FILE)
    for problem in problems:
        typer.echo(str(problem), err=True)
    return settings
