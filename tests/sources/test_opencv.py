"""cv2 is quiet, leaves Qt alone, and opens several cameras at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fallwatch.core.protocols import SourceError
from fallwatch.sources.camera.network_stream import NetworkStreamSource
from fallwatch.sources.clip.video_file import VideoFileSource
from tests.sources.camera.camera_server import silent_server


@pytest.mark.parametrize("first", ["", "import cv2;"])
def test_importing_cv2_does_not_point_qt_to_other_plugins(first: str) -> None:
    code = (
        f"import os, sys; {first} import fallwatch.sources.opencv;"
        "sys.exit('QT_QPA_PLATFORM_PLUGIN_PATH' in os.environ or 'QT_QPA_FONTDIR' in os.environ)"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QT_QPA")}
    assert subprocess.run([sys.executable, "-c", code], env=clean, timeout=60).returncode == 0


def test_a_user_s_own_qt_plugins_are_kept() -> None:
    code = (
        "import os, sys; import fallwatch.sources.opencv;"
        "sys.exit(os.environ.get('QT_QPA_PLATFORM_PLUGIN_PATH') != '/opt/plugins')"
    )
    own = {**os.environ, "QT_QPA_PLATFORM_PLUGIN_PATH": "/opt/plugins"}
    assert subprocess.run([sys.executable, "-c", code], env=own, timeout=60).returncode == 0


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
