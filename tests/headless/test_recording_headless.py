"""Events of a camera watched without a window are recorded, too."""

from __future__ import annotations

import threading

import pytest

from fallwatch import paths
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.headless.command import run_headless
from fallwatch.recording.jpeg import from_jpeg
from fallwatch.recording.media import MEDIA_FOLDER, MediaFolder
from fallwatch.runtime import room_watch
from fallwatch.settings import AlarmSettings, CameraSettings, Settings
from tests.recording.footage import FallsAtOnce, clip_times, frames_so_far
from tests.sources.camera.camera_server import camera_server
from tests.waiting import wait_until


def stop_when_recorded(media: MediaFolder, stop: threading.Event) -> None:
    try:
        wait_until(lambda: any(frames_so_far(each) > 3 for each in media.folder.glob("*.mp4")))
    finally:
        stop.set()


@pytest.mark.parametrize("privacy", ["off", "skeleton"])
def test_a_fall_leaves_a_snapshot_and_a_clip(monkeypatch: pytest.MonkeyPatch, privacy: str) -> None:
    monkeypatch.setattr(room_watch, "build_analyzer", lambda *args: FallsAtOnce())
    media, stop = MediaFolder(paths.data_dir() / MEDIA_FOLDER), threading.Event()
    with camera_server() as camera:
        hall = CameraSettings.model_validate(
            {"name": "Hall", "source": camera.url, "privacy": privacy}
        )
        settings = Settings(alarm=AlarmSettings(sound_enabled=False), cameras=(hall,))
        stopper = threading.Thread(target=stop_when_recorded, args=(media, stop))
        stopper.start()
        result = run_headless(camera.url, settings, None, stop=stop)
        stopper.join()
    assert [event.kind.value for event in result.events] == ["fall"]
    store = EventStore(paths.data_dir() / STORE_FILE)
    (alarm,) = [each for each in store.all() if each.kind == "fall"]
    store.close()
    assert len(clip_times(media.clip(alarm.event_id))) > 3
    # The camera's images are plain grey all over; those with privacy are not.
    snapshot = from_jpeg(media.snapshot(alarm.event_id).read_bytes())
    assert (int(snapshot.max()) - int(snapshot.min()) < 12) == (privacy == "off")
