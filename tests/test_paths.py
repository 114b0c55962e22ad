"""The user's folders are for the user alone."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from fallwatch import paths


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_nobody_else_can_look_into_the_user_s_folders(fallwatch_home: Path) -> None:
    before = os.umask(0o022)
    try:
        folders = [paths.config_dir(), paths.data_dir(), paths.cache_dir()]
    finally:
        os.umask(before)
    assert {folder.parent for folder in folders} == {fallwatch_home}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
