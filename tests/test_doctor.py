"""The self-test finds what is broken, and says what to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from fallwatch import doctor, paths
from fallwatch.alarms.channels.sound import SoundChannel
from fallwatch.classifiers.manifest import WeightsError
from fallwatch.cli import main as cli
from fallwatch.core.message import Message, plain
from fallwatch.core.protocols import AlarmChannel, FrameSource, SourceError
from fallwatch.core.types import Analysis, Box, EventKind, FallEvent, Frame
from fallwatch.doctor import (
    CheckOutcome,
    CheckResult,
    Checkup,
    all_is_well,
    check_decoder,
    check_device,
    check_room,
)
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.recording.recording_thread import MIN_FREE_BYTES
from fallwatch.settings import CameraSettings, Settings
from fallwatch.sources.decoding.trial import DecoderTrial
from fallwatch.system.keep_awake import KeepAwakeError
from tests.alarms.builders import make_alarm
from tests.alarms.fake_audio import FakePlayer

_TRIAL = DecoderTrial("", "h264", (640, 480), 90, 1.0, 1.0)
_BY_HARDWARE = replace(_TRIAL, accelerator="VA-API")


@pytest.fixture(autouse=True)
def _no_process_for_the_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fallwatch.doctor.try_decoder", lambda *_, **__: _TRIAL)


class FakeAnalyzer:
    """Finds falls at given times, at a given pace."""

    def __init__(self, falls_s: Sequence[float] = (4.0,), seconds_each: float = 0.0) -> None:
        self.closed = False
        self._falls = list(falls_s)
        self._seconds_each = seconds_each

    def step(self, frame: Frame) -> Analysis:
        time.sleep(self._seconds_each)
        events: tuple[FallEvent, ...] = ()
        if self._falls and frame.timestamp_s >= self._falls[0]:
            at_s = self._falls.pop(0)
            box = Box(0, 0, 1, 1)
            fall = EventKind.FALL
            events = (FallEvent(fall, frame.camera, len(self._falls), at_s, at_s, 0.9, (), box),)
        return Analysis(frame, (), events)

    def close(self) -> None:
        self.closed = True


class FakeCamera:
    name, is_live, fps, duration_s = "Hall", True, 15.0, None

    def __init__(self, *, frozen: bool = False, dark: bool = False, problem: str = "") -> None:
        self.closed = False
        self._frozen, self._dark, self._problem, self._index = frozen, dark, problem, 0

    def open(self) -> None:
        if self._problem:
            raise SourceError(self._problem)

    def read(self) -> Frame:
        self._index += 1
        image = np.full((4, 6, 3), 0 if self._frozen else self._index % 9, np.uint8)
        if not self._dark:
            image[:, 3:] += 120
        return Frame("Hall", self._index, self._index / 15, image)

    def interrupt(self) -> None: ...

    def close(self) -> None:
        self.closed = True


def examine(
    *,
    analyzer: Callable[[], FakeAnalyzer] = FakeAnalyzer,
    cameras: Sequence[tuple[str, Callable[[], FrameSource]]] = (),
    player: FakePlayer | None = None,
    settings: Settings | None = None,
) -> Iterator[CheckResult]:
    def channels(settings: Settings) -> list[AlarmChannel]:
        return [SoundChannel(player=player or FakePlayer())]

    checkup = Checkup(
        settings or Settings(),
        cameras=cameras,
        channels=channels,
        make_analyzer=lambda camera, settings, weights: analyzer(),
    )
    return checkup.findings()


def named(name: str, findings: Iterator[CheckResult]) -> CheckResult:
    """Looks no further than it must: the later checks take longer."""
    return next(finding for finding in findings if str(finding.name) == name)


def test_where_all_works_there_are_only_ticks_and_no_camera_is_a_remark() -> None:
    findings = {str(finding.name): finding for finding in examine()}
    bad = [finding for finding in findings.values() if finding.outcome is not CheckOutcome.GOOD]
    assert [str(finding.name) for finding in bad] == ["Camera"]
    assert findings["Camera"].outcome is CheckOutcome.REMARK
    assert "0.9 s after it began" in str(findings["Bundled fall"].words)
    assert all_is_well(list(findings.values()))


@pytest.mark.parametrize(
    ("falls_s", "words"),
    [((), "0 was found"), ((1.0,), "1 false"), ((4.0, 11.9), "1 false")],
)
def test_a_missed_fall_or_a_false_alarm_is_a_failure(
    falls_s: tuple[float, ...], words: str
) -> None:
    finding = named("Bundled fall", examine(analyzer=lambda: FakeAnalyzer(falls_s)))
    assert finding.outcome is CheckOutcome.BAD
    assert words in str(finding.words)


def test_the_trial_leaves_no_trace_in_the_record() -> None:
    assert named("Bundled fall", examine()).outcome is CheckOutcome.GOOD
    store = EventStore(paths.data_dir() / STORE_FILE)
    assert store.recent() == ()
    store.close()


def test_models_too_slow_for_the_cameras_are_a_failure() -> None:
    cameras = [(f"Room {i}", FakeCamera) for i in range(9)]
    finding = named(
        "Analysis", examine(analyzer=lambda: FakeAnalyzer(seconds_each=0.02), cameras=cameras)
    )
    assert finding.outcome is CheckOutcome.BAD
    assert "9 cameras" in str(finding.words)
    assert finding.remedy


def test_models_that_cannot_be_loaded_are_a_failure_with_its_reason() -> None:
    def broken() -> FakeAnalyzer:
        raise WeightsError("model.xml is missing.")

    findings = list(examine(analyzer=broken))
    assert findings[-1] == CheckResult(
        Message("Analysis"),
        CheckOutcome.BAD,
        plain("model.xml is missing."),
        Message("Install fallwatch again."),
    )
    assert not all_is_well(findings)


def test_the_analyzer_and_the_cameras_are_closed() -> None:
    analyzer, camera = FakeAnalyzer(), FakeCamera()
    list(examine(analyzer=lambda: analyzer, cameras=[("Hall", lambda: camera)]))
    assert analyzer.closed
    assert camera.closed


def test_a_camera_that_changes_is_well_and_one_that_does_not_open_is_not() -> None:
    cameras = [("Hall", FakeCamera), ("Bath", lambda: FakeCamera(problem="No answer. Plug it in."))]
    hall = named("Camera Hall", examine(cameras=cameras))
    bath = named("Camera Bath", examine(cameras=cameras))
    assert hall.outcome is CheckOutcome.GOOD
    assert "6 x 4" in str(hall.words)
    assert (bath.outcome, str(bath.words)) == (CheckOutcome.BAD, "No answer. Plug it in.")


def test_a_frozen_camera_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_FROZEN_S", 0.05)
    finding = named("Camera Hall", examine(cameras=[("Hall", lambda: FakeCamera(frozen=True))]))
    assert finding.outcome is CheckOutcome.BAD
    assert "same image" in str(finding.words)


def test_a_camera_in_the_dark_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_FROZEN_S", 0.05)
    finding = named("Camera Hall", examine(cameras=[("Hall", lambda: FakeCamera(dark=True))]))
    assert finding.outcome is CheckOutcome.BAD
    assert "nothing is to be seen" in str(finding.words)
    assert "light" in str(finding.remedy)


def test_only_cameras_that_are_to_be_watched_are_looked_at() -> None:
    settings = Settings(
        cameras=(
            CameraSettings(name="Hall", source="0"),
            CameraSettings(name="Bath", source="1", enabled=False),
        )
    )
    ((name, make),) = doctor.configured_cameras(settings)
    assert (name, make().name) == ("Hall", "Hall")


def test_a_silent_loudspeaker_is_a_failure_that_says_what_to_do() -> None:
    player = FakePlayer("alsa")
    player.broken = {"alsa"}
    finding = named("Alarm sound", examine(player=player))
    assert finding.outcome is CheckOutcome.BAD
    assert "loudspeaker" in str(finding.words)


def test_a_damaged_record_is_found_and_left_as_it_is() -> None:
    path = paths.data_dir() / STORE_FILE
    path.write_bytes(b"this is no database" * 100)
    before = path.read_bytes()
    finding = named("Event record", examine())
    assert finding.outcome is CheckOutcome.BAD
    assert str(path) in str(finding.remedy)
    assert path.read_bytes() == before


def test_a_record_in_use_is_whole() -> None:
    store = EventStore(paths.data_dir() / STORE_FILE)
    store.add(make_alarm())
    assert str(named("Event record", examine()).words) == "It is whole."
    store.close()


def test_a_full_disk_and_an_unusable_folder_are_failures(tmp_path: Path) -> None:
    assert check_room(tmp_path, MIN_FREE_BYTES - 1).outcome is CheckOutcome.BAD
    assert check_room(tmp_path, MIN_FREE_BYTES).outcome is CheckOutcome.GOOD
    assert doctor.check_folder(tmp_path / "nowhere").outcome is CheckOutcome.BAD


def test_an_unusable_home_is_a_failure_and_the_rest_is_still_tested(
    fallwatch_home: Path,
) -> None:
    fallwatch_home.write_text("a file where the folder should be")
    findings = examine()
    assert named("Data folder", findings).outcome is CheckOutcome.BAD
    assert named("Bundled fall", findings).outcome is CheckOutcome.GOOD


@pytest.mark.parametrize(("falls_s", "status"), [((4.0,), 0), ((), 1)])
def test_the_command_ends_with_status_1_if_anything_fails(
    monkeypatch: pytest.MonkeyPatch, falls_s: tuple[float, ...], status: int
) -> None:
    def quick(settings: Settings, weights: Path | None, **others: object) -> Checkup:
        return Checkup(
            settings,
            weights,
            channels=lambda settings: [SoundChannel(player=FakePlayer())],
            make_analyzer=lambda camera, settings, weights: FakeAnalyzer(falls_s),
        )

    monkeypatch.setattr(doctor, "Checkup", quick)
    done = CliRunner().invoke(cli.app, ["--verbose", "doctor"])
    assert done.exit_code == status
    assert ("✘" in done.output) == (status == 1)
    assert "✔ Event record" in done.output


class Refusing:
    is_held = False

    def hold(self, *, display: bool) -> None:
        raise KeepAwakeError("It may sleep.")

    def release(self) -> None: ...


def test_a_computer_that_may_sleep_fails() -> None:
    assert doctor.check_sleep(Refusing()).outcome is CheckOutcome.BAD
    assert doctor.check_sleep(None).outcome is CheckOutcome.GOOD


def test_the_device_that_judges_is_named_and_what_else_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fallwatch.doctor.devices", lambda: {"CPU": "A cpu", "GPU": "A card"})
    automatic, absent = check_device("auto"), check_device("npu")
    assert str(automatic.words) == "Frames are judged by A cpu."
    assert "also has A card" in str(automatic.remedy)
    assert absent.outcome is CheckOutcome.REMARK
    assert "no NPU here" in str(absent.words)
    assert str(check_device("gpu").words) == "Frames are judged by A card."


@pytest.mark.parametrize(
    ("setting", "trial", "words", "remedy"),
    [
        ("processor", _TRIAL, "has no other decoder on this computer", ""),
        ("auto", _TRIAL, "has no other decoder on this computer", ""),
        ("processor", _BY_HARDWARE, "VA-API could do it, too", "bench --decoders"),
        ("auto", _BY_HARDWARE, "VA-API decodes network cameras that send h264", ""),
        ("auto", None, "hardware decoder of this computer fails", "driver"),
    ],
)
def test_what_decodes_network_cameras_is_named_and_what_else_could(
    setting: str,
    trial: DecoderTrial | None,
    words: str,
    remedy: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fallwatch.doctor.try_decoder", lambda *_, **__: trial)
    result = check_decoder(setting, lambda: frozenset({"h264"}))
    assert words in str(result.words)
    assert remedy in str(result.remedy)
    assert bool(remedy) == bool(str(result.remedy))


def test_what_was_not_measured_is_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fallwatch.doctor.try_decoder", lambda *_, **__: _BY_HARDWARE)
    assert "bench --decoders" in str(check_decoder("auto", frozenset).remedy)
