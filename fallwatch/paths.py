"""Paths: the one module that knows the bundled folders and the user's.

``FALLWATCH_HOME`` puts every user folder below one place: tests use it, and so may
anyone who wants to carry fallwatch with its settings on a stick.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent
# In an installed wheel the bundled folders lie inside the package; in a checkout, beside it.
_BUNDLED = _PACKAGE / "_data" if (_PACKAGE / "_data").is_dir() else _PACKAGE.parent


class HomeError(Exception):
    """A folder of the user cannot be used. The message names it and says what to do."""


def resources_dir() -> Path:
    """Icons, sounds and demo clips that come with fallwatch."""
    return _BUNDLED / "resources"


def weights_dir() -> Path:
    """Classifier variants that come with fallwatch, one folder each."""
    return _BUNDLED / "weights"


def config_dir() -> Path:
    """Folder of ``settings.toml``; made on first use."""
    return _user_dir("config", platformdirs.user_config_path)


def data_dir() -> Path:
    """Folder of the event store and its snapshots; made on first use."""
    return _user_dir("data", platformdirs.user_data_path)


def cache_dir() -> Path:
    """Folder of what can be rebuilt at any time, such as clip predictions; made on first use."""
    return _user_dir("cache", platformdirs.user_cache_path)


def _user_dir(kind: str, standard: Callable[..., Path]) -> Path:
    home = os.environ.get("FALLWATCH_HOME")
    folder = Path(home).expanduser() / kind if home else standard("fallwatch", appauthor=False)
    # For the owner alone: what is in there tells of people's homes.
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise HomeError(
            f"The folder {folder} cannot be used ({error.strerror or error}). Make it a folder "
            "that you may write to, or set FALLWATCH_HOME to one."
        ) from error
    return folder
