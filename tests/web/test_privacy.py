"""In a room of skeletons alone no image of the page, live or stored, shows its camera's."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from fallwatch.classifiers.preprocessing import InputSpec, cut_crop
from fallwatch.core.types import Image
from fallwatch.recording.privacy import PrivacyMode
from fallwatch.runtime import analyzers
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import choose_camera
from fallwatch.settings import CameraSettings, Settings
from tests.core.synthetic import FixedClassifier, ScenePose, falling_at
from tests.sources.clip.clips import write_avi
from tests.waiting import wait_until
from tests.web.scene import ROOM, Scene

_WIDTH_PX, _HEIGHT_PX = 640, 480


def pattern() -> Image:
    """A room that could be told from any other: coarse blocks, which survive every encoding."""
    blocks = np.random.default_rng(1).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return cv2.resize(blocks, (_WIDTH_PX, _HEIGHT_PX), interpolation=cv2.INTER_NEAREST)


def likeness(jpeg: bytes) -> float:
    """Correlation of an image that was sent with what the camera sees."""
    sent = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert sent is not None
    assert sent.shape == (_HEIGHT_PX, _WIDTH_PX, 3)
    flat = [each.astype(float).ravel() for each in (sent, pattern())]
    return float(np.corrcoef(*flat)[0, 1])


@pytest.mark.parametrize(("privacy", "least", "most"), [("skeleton", -0.1, 0.1), ("off", 0.9, 1.0)])
def test_images_on_the_page_are_as_private_as_the_room(
    scene: Scene,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    privacy: PrivacyMode,
    least: float,
    most: float,
) -> None:
    film = write_avi(tmp_path / "room.avi", [pattern()] * 300, fps=15.0)
    models = (
        ScenePose(falling_at(0.6)),
        FixedClassifier(0.9),
        partial(cut_crop, spec=InputSpec(side_px=32)),
    )
    monkeypatch.setattr(analyzers, "build_models", lambda *_: models)
    camera = CameraSettings(name=ROOM, source=str(film), privacy=privacy)
    watch = RoomWatch(choose_camera(camera), Settings(cameras=(camera,)), scene.services)
    phone = scene.client("look")
    live: dict[str, bytes] = {}

    def fetch() -> None:
        reply = phone.get("/api/frame", params={"room": ROOM})
        if reply.is_success:
            live[reply.headers["x-frame-number"]] = reply.content

    def stored() -> list[bytes]:
        fetch()
        events = phone.get("/api/events").json()["events"]
        paths = [f"/api/events/{each['id']}/snapshot" for each in events if each["has_picture"]]
        return [phone.get(path).content for path in paths]

    watch.start()
    try:
        wait_until(lambda: stored() and len(live) >= 10)
        snapshots = stored()
    finally:
        watch.stop(5.0)
    for jpeg in (*live.values(), *snapshots):
        assert least <= likeness(jpeg) <= most
