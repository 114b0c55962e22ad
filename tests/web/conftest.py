"""A watch and the page in front of it, for all tests of the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fallwatch.web.access.subscription import is_global_address
from fallwatch.web.push import outside
from tests.web.scene import Scene


@pytest.fixture(autouse=True)
def _services_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The push services of tests are on this computer, where no real one may be."""
    monkeypatch.setattr(
        outside, "is_global_address", lambda ip: ip == "127.0.0.1" or is_global_address(ip)
    )


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Closed after the test."""
    scene = Scene(tmp_path)
    yield scene
    scene.close()
