"""File dialogs offer every clip that a folder of clips is searched for."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from fallwatch.evaluation.clips.clip_files import CLIP_SUFFIXES
from fallwatch.ui.rooms.files import CLIP_PATTERNS


@pytest.mark.parametrize("ending", sorted(CLIP_SUFFIXES))
def test_every_ending_that_is_read_is_offered(ending: str) -> None:
    assert any(PurePath(f"clip{ending}").match(pattern) for pattern in CLIP_PATTERNS.split())
