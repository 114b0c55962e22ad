"""Hardware that fails is replaced by the processor, and a camera that fails is not blamed on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from fallwatch.core.message import Message
from fallwatch.pipeline.health.watchdog import Limits
from fallwatch.pipeline.monitor import MonitorState
from fallwatch.sources.camera.live_camera import LiveCamera
from fallwatch.sources.camera.network_stream import NetworkStreamSource
from fallwatch.sources.decoding.hardware_capture import HardwareCapture, is_flat
from fallwatch.sources.decoding.video_decoder import VIDEO_DECODER, VideoDecoder
from fallwatch.sources.opencv import cv2
from tests.pipeline.fakes import WatchdogClock, watching
from tests.sources.decoding.fakes import GREEN, PATIENCE_S, ROOM, Bench, FakeStream
from tests.waiting import PATIENCE_S as LONG_S
from tests.waiting import wait_until


def _watch(capture: Any, frames: int) -> int:
    """Frames that are seen before it fails, of at most so many."""
    for seen in range(frames):
        if not capture.grab() or not capture.retrieve()[0]:
            return seen
    return frames


def test_the_processor_alone_is_asked_as_before() -> None:
    bench = Bench()
    bench.decoder.follow("processor")
    capture = bench.open()
    assert capture is bench.opened[0][1], "nothing may stand between it and the camera"
    assert bench.asked_hardware == [False]
    assert VIDEO_DECODER.open("a camera", bench.open_with, PATIENCE_S) is bench.opened[1][1]


def test_hardware_that_is_good_goes_on_being_asked() -> None:
    bench = Bench()
    for _ in range(3):
        capture = bench.open()
        assert isinstance(capture, HardwareCapture)
        assert _watch(capture, 40) == 40
        capture.release()
        bench.clock.advance(100.0)
    assert bench.asked_hardware == [True] * 3
    assert all(stream.released for _, stream in bench.opened)
    assert bench.told == []


def test_a_decoder_that_cannot_be_had_is_told_once_and_the_camera_stays_open() -> None:
    bench = Bench(hardware=FakeStream)
    capture = bench.open()
    assert capture is bench.opened[0][1]
    assert not bench.opened[0][1].released
    assert [_watch(bench.open(), 1) for _ in range(2)] == [1, 1]
    assert bench.asked_hardware == [True, False, False]
    assert "rtsp://camera no more: none is to be had." in str(bench.told[0])
    assert len(bench.told) == 1


def test_green_images_are_shown_for_a_second_at_most() -> None:
    bench = Bench(hardware=lambda: FakeStream(device=0, image=GREEN))
    assert _watch(bench.open(), 1000) < 15
    assert bench.told == [], "it may be the camera"
    assert _watch(bench.open(), 50) == 50
    assert "its images were of one colour" in str(bench.told[0])
    assert _watch(bench.open(), 50) == 50
    assert bench.asked_hardware == [True, False, False]
    assert len(bench.told) == 1


def test_a_covered_lens_is_not_blamed_on_the_decoder() -> None:
    bench = Bench(
        hardware=lambda: FakeStream(device=0, image=GREEN),
        processor=lambda: FakeStream(image=GREEN),
    )
    _watch(bench.open(), 1000)
    _watch(bench.open(), 50)
    bench.open()
    assert bench.asked_hardware == [True, False, True]
    assert bench.told == []


def test_a_decoder_that_gives_no_image_is_blamed_as_soon_as_the_processor_does() -> None:
    bench = Bench(hardware=lambda: FakeStream(device=0, frames=0))
    assert _watch(bench.open(), 5) == 0
    assert _watch(bench.open(), 5) == 5
    bench.open()
    assert bench.asked_hardware == [True, False, False]
    assert "it gave no image" in str(bench.told[0])


def test_errors_of_the_driver_are_no_image() -> None:
    def fail(number: int) -> None:
        raise cv2.error("the driver was restarted")

    bench = Bench(hardware=lambda: FakeStream(device=0, before_grab=fail))
    assert _watch(bench.open(), 5) == 0
    assert _watch(bench.open(), 5) == 5
    assert len(bench.told) == 1


def test_a_decoder_that_dies_while_it_runs_is_given_up_the_second_time() -> None:
    bench = Bench(hardware=lambda: FakeStream(device=0, frames=20))
    for _ in range(2):
        assert _watch(bench.open(), 1000) == 20
        assert _watch(bench.open(), 30) == 30
        bench.clock.advance(600.0)
    bench.open()
    assert bench.asked_hardware == [True, False, True, False, False]
    assert [("it stopped giving images" in str(told)) for told in bench.told] == [True]


def test_a_network_that_stumbles_now_and_then_is_not_blamed_on_the_decoder() -> None:
    bench = Bench(hardware=lambda: FakeStream(device=0, frames=20))
    for _ in range(5):
        assert _watch(bench.open(), 1000) == 20
        assert _watch(bench.open(), 30) == 30
        bench.clock.advance(5000.0)
    assert bench.asked_hardware == [True, False] * 5
    assert bench.told == []


def test_a_camera_that_was_away_is_not_blamed_on_the_decoder() -> None:
    bench = Bench(hardware=lambda: FakeStream(device=0, frames=20))
    for _ in range(3):
        capture = bench.open()
        assert _watch(capture, 10) == 10
        bench.clock.advance(100.0)
        assert _watch(capture, 1000) == 10
        bench.clock.advance(30.0)  # it starts again
    assert bench.asked_hardware == [True] * 3
    assert bench.told == []


@pytest.mark.parametrize("frames", [0, 20])
def test_hardware_that_fails_soon_is_not_asked_again_however_long_it_takes(frames: int) -> None:
    """A capture thread that failed for long waits half a minute: the room must not be lost."""
    bench = Bench(hardware=lambda: FakeStream(device=0, frames=frames))
    assert _watch(bench.open(), 1000) == frames
    bench.clock.advance(30.0)
    assert _watch(bench.open(), 50) == 50
    assert bench.asked_hardware == [True, False]


def test_a_camera_that_the_processor_cannot_open_either_is_not_blamed_on_the_decoder() -> None:
    bench = Bench(
        hardware=lambda: FakeStream(device=0, frames=0),
        processor=lambda: FakeStream(is_open=False),
    )
    assert _watch(bench.open(), 5) == 0
    assert bench.open() is None
    assert bench.opened[-1][1].released
    bench.open()
    assert bench.asked_hardware == [True, False, True]
    assert bench.told == []


def test_a_stream_that_cannot_be_opened_is_let_go() -> None:
    bench = Bench(hardware=lambda: FakeStream(device=0, is_open=False))
    assert bench.open() is None
    assert bench.opened[0][1].released


def test_a_room_that_hardware_cannot_open_is_watched_by_the_processor() -> None:
    """A camera that was away looks the same: nobody is blamed, and hardware is asked later."""
    bench = Bench(hardware=lambda: FakeStream(device=0, is_open=False))
    for _ in range(2):
        assert bench.open() is None
        assert _watch(bench.open(), 50) == 50
    assert bench.asked_hardware == [True, False, True, False]
    assert bench.told == []


def test_a_codec_that_was_not_measured_is_the_processors_and_nobody_is_told() -> None:
    hevc = float(int.from_bytes(b"hvc1", "little"))
    bench = Bench(lambda: FakeStream(0, fourcc=hevc), lambda: FakeStream(fourcc=hevc))
    assert [_watch(bench.open(), 5) for _ in range(2)] == [5, 5]
    assert bench.asked_hardware == [True, False, False]
    assert bench.opened[0][1].released
    assert bench.told == []


def test_without_a_measurement_automatic_is_the_processor() -> None:
    bench = Bench(codecs=frozenset())
    assert bench.open() is bench.opened[0][1]
    assert bench.asked_hardware == [False]


def test_settings_that_are_chosen_again_give_hardware_another_chance() -> None:
    bench = Bench(hardware=FakeStream)
    bench.open()
    bench.decoder.follow("auto")
    bench.open()
    bench.decoder.follow("processor")
    bench.decoder.follow("auto")
    bench.open()
    assert bench.asked_hardware == [True, False, True]


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Ends what hangs, after the test, so that its threads end too."""
    event = threading.Event()
    yield event
    event.set()


class _Camera(LiveCamera):
    """A network camera, less its network."""

    def __init__(self, bench: Bench) -> None:
        super().__init__("kitchen", Message("kitchen has stopped sending images."))
        self._bench = bench

    def _open_capture(self) -> Any:
        return self._bench.open()


def test_a_decoder_that_hangs_costs_no_more_than_a_camera_that_hangs(
    release: threading.Event,
) -> None:
    hangs = threading.Event()

    def hang(number: int) -> None:
        if number == 3:
            hangs.set()
            release.wait(LONG_S)

    clock = WatchdogClock()
    bench = Bench(
        hardware=lambda: FakeStream(device=0, before_grab=hang),
        processor=lambda: FakeStream(before_grab=lambda number: release.wait(0.01) and None),
    )
    bench.clock = clock
    bench.decoder._monotonic = clock
    with watching(lambda: _Camera(bench), clock=clock) as (monitor, heard):  # type: ignore[arg-type, return-value]
        assert hangs.wait(LONG_S)
        assert bench.told == []
        clock.advance(Limits().read_s + 0.1)
        wait_until(lambda: MonitorState.FAULTED in heard.states)
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
        assert bench.asked_hardware == [True, False]
        assert "it did not answer" in str(bench.told[0])
        release.set()
        assert monitor.stop(LONG_S) == []


class _OpeningHangs:
    """A camera whose opening by hardware does not return for a while, on a thread given up."""

    def __init__(self, release: threading.Event) -> None:
        self._begun = threading.Event()
        self._release = release
        self.bench = Bench(hardware=self._hang)
        self._given_up = threading.Thread(target=lambda: self.bench.open().release())
        self._given_up.start()
        assert self._begun.wait(LONG_S)
        self.bench.clock.advance(7.0)

    def _hang(self) -> FakeStream:
        self._begun.set()
        self._release.wait(LONG_S)
        return FakeStream(device=0)

    def returns(self) -> None:
        """Whatever it waited for comes, and the thread lets go of the camera."""
        self._release.set()
        self._given_up.join(LONG_S)
        assert not self._given_up.is_alive()


def test_a_decoder_that_hangs_while_a_camera_is_opened_is_blamed_once_the_processor_sees(
    release: threading.Event,
) -> None:
    camera = _OpeningHangs(release)
    bench = camera.bench
    assert _watch(bench.open(), 1) == 1
    bench.open()
    assert bench.told == []
    bench.clock.advance(5.1)
    bench.open()
    assert "it did not answer" in str(bench.told[0])
    camera.returns()
    bench.open()
    assert bench.asked_hardware.count(True) == 1
    assert len(bench.told) == 1


@pytest.mark.parametrize("first", ["hardware", "processor"])
def test_a_name_that_nobody_answers_is_not_blamed_on_the_decoder(
    release: threading.Event, first: str
) -> None:
    """Both ways hang until the network is back; either may be back first."""
    camera = _OpeningHangs(release)
    capture = camera.bench.open()
    if first == "hardware":
        camera.returns()
    assert _watch(capture, 1) == 1
    camera.returns()
    camera.bench.clock.advance(60.0)
    assert camera.bench.open() is not None
    assert camera.bench.told == []
    assert camera.bench.asked_hardware == [False, True, True]


def test_waiting_for_a_slow_camera_is_no_hanging() -> None:
    bench = Bench()
    capture = bench.open()
    stream = bench.opened[0][1]
    stuck = []

    def wait(number: int) -> None:
        bench.clock.advance(5.0)
        stuck.append(capture.is_stuck)
        bench.clock.advance(2.0)
        stuck.append(capture.is_stuck)

    stream.before_grab = wait
    capture.grab()
    assert stuck == [False, True]
    assert not capture.is_stuck


def test_a_network_camera_asks_the_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[int, int]] = []

    def open_video(address: str, parameters: dict[int, int]) -> FakeStream:
        asked.append(parameters)
        by_hardware = cv2.CAP_PROP_HW_ACCELERATION in parameters
        return FakeStream(device=0 if by_hardware else -1, image=GREEN if by_hardware else ROOM)

    monkeypatch.setattr("fallwatch.sources.opencv.open_video", open_video)
    module = "fallwatch.sources.camera.network_stream"
    monkeypatch.setattr(f"{module}.VIDEO_DECODER", VideoDecoder(lambda: frozenset({"h264"})))
    monkeypatch.setattr(f"{module}.NetworkStreamSource._check_reachable", lambda *_: None)
    from fallwatch.sources.camera import network_stream

    for setting, given in (("processor", ROOM), ("auto", GREEN)):
        network_stream.VIDEO_DECODER.follow(setting)
        source = NetworkStreamSource("rtsp://anna:s3cret@10.0.0.7/live")
        source.open()
        assert np.array_equal(source.read().image_bgr, given)
        source.close()
    before, now = asked
    assert before == {key: now[key] for key in before}, "time-outs and threads stay"
    assert set(now) - set(before) == {cv2.CAP_PROP_HW_ACCELERATION}


@pytest.mark.parametrize(
    ("image", "flat"),
    [
        (GREEN, True),
        (np.zeros((7, 9, 3), np.uint8), True),
        (ROOM, False),
        (np.where(np.arange(48)[:, None, None] < 24, GREEN, GREEN + 40), False),
    ],
)
def test_an_image_of_one_colour_is_flat(image: Any, flat: bool) -> None:
    assert is_flat(image) is flat
