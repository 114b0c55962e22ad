"""The recorder's thread: it delays nobody, and says what it cannot store."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fallwatch.core.message import Message
from fallwatch.core.types import Analysis, Image
from fallwatch.recording.media import MediaFolder
from fallwatch.recording.recording_thread import MAX_WAITING, MIN_FREE_BYTES, Recording
from tests.recording.footage import clip_times, seen
from tests.waiting import PATIENCE_S, wait_until, within


class Dispatcher:
    def __init__(self) -> None:
        self.raised: set[str] = set()
        self.messages: list[Message] = []

    def raise_technical(self, camera: str, kind: str, message: Message) -> None:
        self.raised.add(kind)
        self.messages.append(message)

    def clear_technical(self, camera: str, kind: str) -> None:
        self.raised.discard(kind)


class Rig:
    def __init__(self, folder: Path) -> None:
        self.media = MediaFolder(folder)
        self.dispatcher = Dispatcher()
        self.free = 10 * MIN_FREE_BYTES
        self.kept_house = threading.Event()
        self.recording = Recording(
            self.media,
            self.dispatcher,
            housekeeping=self.kept_house.set,
            free_bytes=lambda folder: self.free,
        )
        self.recording.start()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path / "recordings")
    yield rig
    assert rig.recording.stop(PATIENCE_S) == []


def test_an_event_is_recorded_from_its_frames(rig: Rig) -> None:
    tap = rig.recording.tap()
    for index in range(40):
        if index == 20:
            tap.event("one", seen(index))
        tap.see(seen(index))
        wait_until(lambda: tap.waiting == 0)
    tap.close()
    wait_until(rig.media.evidence("one").exists)
    assert rig.recording.stop(PATIENCE_S) == []
    assert rig.media.snapshot("one").exists()
    assert len(clip_times(rig.media.clip("one"))) == 40


def test_a_recorder_that_hangs_delays_no_alarm_and_fills_no_memory(rig: Rig) -> None:
    release = threading.Event()
    rendered = []

    def hang(analysis: Analysis) -> Image:
        rendered.append(analysis.frame.index)
        assert release.wait(PATIENCE_S)
        return analysis.frame.image_bgr

    tap = rig.recording.tap(render=hang)
    for index in range(300):
        tap.see(seen(index))
    tap.event("one", seen(300))
    # It came this far although the recorder hangs until now.
    release.set()
    wait_until(rig.media.snapshot("one").exists)  # an event is never dropped
    assert len(rendered) <= MAX_WAITING + 2


def test_a_failing_privacy_filter_is_said_and_nothing_else_is_stored_in_its_place(
    rig: Rig,
) -> None:
    def broken(analysis: Analysis) -> Image:
        raise RuntimeError("no blur today")

    rig.recording.tap(render=broken).event("one", seen(0))
    wait_until(lambda: "recording_failed" in rig.dispatcher.raised)
    assert "no blur today" in str(rig.dispatcher.messages[0])
    assert not rig.media.snapshot("one").exists()
    rig.recording.tap().event("two", seen(0))
    wait_until(lambda: "recording_failed" not in rig.dispatcher.raised)
    assert rig.media.snapshot("two").exists()


def test_a_full_disk_gives_up_clips_keeps_snapshots_and_ends_when_there_is_room(rig: Rig) -> None:
    rig.free = MIN_FREE_BYTES - 1
    tap = rig.recording.tap()
    tap.see(seen(0))
    tap.event("one", seen(1))
    wait_until(rig.media.snapshot("one").exists)
    wait_until(lambda: rig.dispatcher.raised == {"disk_low"})
    assert not rig.media.clip("one").exists()
    rig.free = 10 * MIN_FREE_BYTES
    tap.event("two", seen(2))
    tap.see(seen(3))
    wait_until(lambda: not rig.dispatcher.raised)
    wait_until(rig.media.clip("two").exists)


def test_it_keeps_house_at_the_start(rig: Rig) -> None:
    assert rig.kept_house.wait(PATIENCE_S)


def test_it_stops_in_time_and_leaves_a_clip_that_plays(rig: Rig) -> None:
    tap = rig.recording.tap()
    tap.see(seen(0))
    tap.event("one", seen(1))
    tap.see(seen(1))
    wait_until(rig.media.clip("one").exists)
    with within(1.0):
        assert rig.recording.stop(PATIENCE_S) == []
    assert len(clip_times(rig.media.clip("one"))) == 2


def test_it_can_be_stopped_without_having_been_started(tmp_path: Path) -> None:
    assert Recording(MediaFolder(tmp_path), Dispatcher()).stop() == []
