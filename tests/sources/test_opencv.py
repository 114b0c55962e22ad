"""cv2 is quiet, brings no Qt, and opens several cameras at a time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import pytest

from fallwatch.core.protocols import SourceError
from fallwatch.sources.camera.network_stream import NetworkStreamSource
from fallwatch.sources.clip.video_file import VideoFileSource
from tests.sources.camera.camera_server import silent_server


def test_cv2_brings_no_qt_of_its_own() -> None:
    """Two of them in one process end it: the windows are PySide6's."""
    assert re.search(r"^ *GUI: +NONE$", cv2.getBuildInformation(), re.MULTILINE)


def test_cv2_is_quiet_even_if_somebody_else_imported_it_first() -> None:
    code = (
        "import cv2, fallwatch.sources.opencv, sys;"
        "sys.exit(cv2.utils.logging.getLogLevel() != cv2.utils.logging.LOG_LEVEL_SILENT)"
    )
    clean = {name: value for name, value in os.environ.items() if name != "OPENCV_LOG_LEVEL"}
    assert subprocess.run([sys.executable, "-c", code], env=clean, timeout=60).returncode == 0


def test_a_dead_camera_does_not_keep_others_from_opening(
    demo_fall: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fallwatch.sources.camera.network_stream._STREAM_TIMEOUT_MS", 100_000)

    def open_the_dead_one(port: int) -> None:
        with pytest.raises(SourceError):
            NetworkStreamSource(f"http://127.0.0.1:{port}/video").open()

    with silent_server() as server:
        thread = threading.Thread(target=open_the_dead_one, args=(server.port,))
        thread.start()
        server.wait_for_request()
        source = VideoFileSource(demo_fall)
        source.open()
        source.close()
        # The server is silent until here, so nobody waited for it.
        assert thread.is_alive()
    thread.join()


def test_many_can_be_opened_at_once(demo_fall: Path) -> None:
    def first_stamp(_: int) -> float:
        source = VideoFileSource(demo_fall)
        source.open()
        try:
            return source.read().timestamp_s
        finally:
            source.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(first_stamp, range(40))) == [0.0] * 40
