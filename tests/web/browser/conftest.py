"""The page, served, with a camera in front of it and phones that look at it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fallwatch.web.server import WebServer
from tests.web.browser.phone import Browser
from tests.web.scene import Scene


@pytest.fixture
def server(scene: Scene) -> Iterator[WebServer]:
    server = WebServer(scene.application, "127.0.0.1", 0)
    server.start()
    yield server
    server.stop(10.0)


@pytest.fixture
def camera(scene: Scene) -> Iterator[None]:
    """A room whose image changes five times a second."""
    ended = threading.Event()

    def film() -> None:
        grey = 40
        while not ended.wait(0.2):
            grey = (grey + 10) % 200
            scene.see(grey)

    thread = threading.Thread(target=film)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.fixture
def open_browser(tmp_path: Path) -> Iterator[Callable[..., Browser]]:
    browsers: list[Browser] = []

    def opened(**options: Any) -> Browser:
        browsers.append(Browser(tmp_path / f"browser{len(browsers)}", **options))
        return browsers[-1]

    yield opened
    for browser in browsers:
        browser.driver.quit()
