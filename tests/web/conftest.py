"""A watch and the page in front of it, for all tests of the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Closed after the test."""
    scene = Scene(tmp_path)
    yield scene
    scene.close()
