"""People's wishes reach the monitor and the dispatcher; their news reach the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from fallwatch.core.types import Alarm, AlarmState, Analysis
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.runtime.pauses import Pauses
from fallwatch.runtime.source_choice import SourceChoice
from fallwatch.settings import Settings
from fallwatch.system.secrets.passwords import Passwords
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.background.preferences import Preferences
from fallwatch.ui.cameras.camera_dialog import CameraDialog
from fallwatch.ui.pauses.pause_controller import PauseController
from fallwatch.ui.pauses.pause_dialog import PauseDialog
from fallwatch.ui.rooms.room import Room
from fallwatch.ui.rooms.room_presenter import RoomContext
from fallwatch.ui.rooms.room_tile import RoomTile
from fallwatch.ui.rooms.rooms import Rooms
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.window.camera_controller import CameraController
from fallwatch.ui.window.controller import Controller
from fallwatch.ui.window.main_window import MainWindow
from tests.sources.network.rtsp_camera import RtspCamera, running
from tests.ui.fakes import (
    RUNNING,
    FakeDispatcher,
    FakeFaults,
    FakeKeyring,
    FakeMonitor,
    alarm,
    analysis,
    nameless,
    status,
)
from tests.ui.qt_waiting import finish_tasks


class Bench:
    """A window with stand-ins behind it."""

    def __init__(self, theme: Theme, settings: Settings) -> None:
        self.monitors: list[FakeMonitor] = []
        self.dispatcher = FakeDispatcher()
        self.saved: list[Settings] = []
        self.record: list[Alarm] = []
        self.now_s = 0.0
        self.bridge = Bridge()
        self.tasks = BackgroundTasks(self.bridge, "fallwatch test tasks")
        self.answers = BackgroundTasks(self.bridge, "fallwatch test answers")
        self.window = MainWindow(theme)
        self.faults = FakeFaults()
        around = RoomContext(
            self.dispatcher,
            self.faults,
            self.tasks,
            self.window.messages,
            lambda: self.preferences.current,
        )
        self.rooms = Rooms(self.window.grid, theme, lambda: Room(self.make, self.bridge), around)
        self.keyring = FakeKeyring()
        self.passwords = Passwords(self.keyring)
        self.preferences = Preferences(
            settings, lambda before, after: self.saved.append(after), self.tasks
        )
        self.cameras = CameraController(
            self.window,
            theme,
            self.rooms,
            self.preferences,
            self.passwords,
            self.tasks,
            self.bridge,
            lambda: [],
        )
        self.controller = Controller(
            self.window,
            self.rooms,
            self.cameras,
            self.bridge,
            self.tasks,
            self.preferences,
            answers=self.answers,
            start=self.dispatcher.start,
            dispatcher=self.dispatcher,
            recent=lambda: list(self.record),
        )
        self.pauses = PauseController(
            self.window,
            self.rooms,
            self.tasks,
            self.dispatcher.record_past,
            lambda: "maria",
            pauses=Pauses(lambda: self.now_s, lambda: self.now_s),
        )

    def pause(self) -> None:
        """Press Pause, and agree."""
        self.window.controls.start_stop.click()
        dialogs = self.window.findChildren(PauseDialog)
        dialogs[-1].pause_button.click()

    @property
    def tile(self) -> RoomTile:
        """The one tile."""
        (tile,) = self.window.grid.tiles
        return tile

    def make(
        self,
        choice: SourceChoice,
        on_analysis: Callable[[Analysis], None],
        on_status: Callable[[MonitorStatus], None],
    ) -> FakeMonitor:
        self.monitors.append(FakeMonitor(choice, on_analysis, on_status))
        return self.monitors[-1]

    def close(self) -> None:
        self.rooms.shutdown()
        self.bridge.close()
        self.answers.close()
        self.tasks.close()
        # With it goes what it has put off, such as reading the events again.
        shiboken6.delete(self.controller)


@pytest.fixture
def make_bench(qtbot: QtBot, theme: Theme) -> Iterator[Callable[..., Bench]]:
    benches: list[Bench] = []

    def make(**settings: object) -> Bench:
        bench = Bench(theme, Settings.model_validate(settings))
        qtbot.addWidget(bench.window)
        benches.append(bench)
        return bench

    yield make
    for bench in benches:
        bench.close()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()


def drop(window: MainWindow, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    where, action = QPoint(50, 50), Qt.DropAction.CopyAction
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where, action, mime, button, key)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(where.toPointF(), action, mime, button, key))


def test_alarms_of_the_last_run_are_shown_at_once(qtbot: QtBot, bench: Bench) -> None:
    bench.dispatcher.open = (alarm(),)
    bench.record = [alarm()]
    bench.controller.begin(None)
    qtbot.waitUntil(lambda: bench.window.banner.shown == alarm())
    qtbot.waitUntil(lambda: bench.window.events.model.rowCount() == 1)
    assert bench.dispatcher.calls[0] == ("start",)


def test_a_clip_dropped_on_the_window_is_watched(bench: Bench, tmp_path: Path) -> None:
    drop(bench.window, tmp_path / "a clip.mp4")
    assert bench.monitors[0].choice.is_clip
    assert bench.monitors[0].choice.name == "a clip.mp4"
    assert bench.tile.name.text() == "a clip.mp4"


def test_text_dragged_over_the_window_is_refused(bench: Bench) -> None:
    mime = QMimeData()
    mime.setText("hello")
    event = QDragEnterEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    bench.window.dragEnterEvent(event)
    assert not event.isAccepted()


def test_frames_and_states_reach_the_window(qtbot: QtBot, bench: Bench) -> None:
    bench.controller.open("0")
    assert bench.tile.chip.text == "Starting"
    bench.monitors[0].status = RUNNING
    bench.monitors[0].on_analysis(analysis())
    bench.monitors[0].on_status(RUNNING)
    qtbot.waitUntil(lambda: bench.tile.chip.text == "Monitoring")
    assert not bench.tile.video.image_rect().isEmpty()


def test_the_key_and_the_button_acknowledge_the_alarm(qtbot: QtBot, bench: Bench) -> None:
    bench.window.show()
    qtbot.waitExposed(bench.window)
    bench.bridge.post_alarms((alarm("one"), alarm("two")))
    qtbot.waitUntil(lambda: bench.window.banner.shown is not None)
    qtbot.keyClick(bench.window, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: ("acknowledge", "one") in bench.dispatcher.calls)
    bench.bridge.post_alarms((alarm("two"), alarm("one", state=AlarmState.ACKNOWLEDGED)))
    qtbot.waitUntil(lambda: bench.window.banner.shown == alarm("two"))
    acknowledge = next(
        button
        for button in bench.window.banner.findChildren(QPushButton)
        if button.text().startswith("Acknowledge")
    )
    qtbot.waitUntil(acknowledge.isEnabled)
    qtbot.waitUntil(lambda: not bench.window.click_guard.is_guarding)
    qtbot.mouseClick(acknowledge, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("acknowledge", "two") in bench.dispatcher.calls)


def test_an_acknowledgement_that_cannot_be_recorded_is_said(qtbot: QtBot, bench: Bench) -> None:
    bench.dispatcher.error = OSError("The disk is full. Free some space.")
    bench.bridge.post_alarms((alarm("one"),))
    qtbot.waitUntil(lambda: bench.window.banner.shown is not None)
    bench.window.banner.acknowledge()
    qtbot.waitUntil(lambda: "The disk is full" in bench.window.messages.text)
    assert not bench.window.banner.isHidden()


def test_another_sensitivity_reaches_the_rooms_and_stops_no_camera(bench: Bench) -> None:
    bench.controller.open("0")
    bench.preferences.change(sensitivity="high")
    bench.controller.judge_anew()
    (monitor,) = bench.monitors
    assert not monitor.stopped
    assert [settings.sensitivity for _, settings in monitor.rejudged] == ["high"]


def test_stop_and_start_again(qtbot: QtBot, bench: Bench) -> None:
    start_stop = bench.window.controls.start_stop
    assert not start_stop.isEnabled()
    assert bench.window.grid.tiles == ()
    bench.controller.open("0")
    assert start_stop.words == "Pause watching…"
    bench.pause()
    qtbot.waitUntil(lambda: bench.tile.chip.text == "Paused")
    qtbot.waitUntil(lambda: start_stop.words == "Start")
    start_stop.click()
    assert bench.monitors[1].choice.text == "0"


def test_what_went_wrong_is_said_once_and_taken_back_when_it_works(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.controller.open("0")
    words = "webcam 0 was unplugged. Plug it in again."
    bench.monitors[0].status = status(MonitorState.FAULTED, message=words)
    qtbot.waitUntil(lambda: words in bench.tile.video.accessibleDescription())
    assert bench.window.messages.isHidden()
    bench.monitors[0].status = RUNNING
    qtbot.waitUntil(lambda: words not in bench.tile.video.accessibleDescription())


def test_an_address_nobody_understands_leaves_what_runs_alone(bench: Bench) -> None:
    bench.controller.open("0")
    bench.controller.open("gopher://old")
    assert "gopher" in bench.window.messages.text
    assert not bench.monitors[0].stopped


def test_a_clips_alarms_end_with_its_session_not_with_its_last_frame(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.controller.open("a.mp4")
    bench.monitors[0].status = status(MonitorState.FINISHED)
    qtbot.waitUntil(lambda: bench.tile.chip.text == "Clip ended")
    assert bench.dispatcher.calls == []
    # Playing it again is a new session.
    assert bench.window.controls.start_stop.words == "Start"
    bench.window.controls.start_stop.click()
    qtbot.waitUntil(lambda: len(bench.monitors) == 2)
    qtbot.waitUntil(lambda: bench.dispatcher.calls == [("close clip", "a.mp4")])
    assert bench.window.controls.start_stop.words == "Stop"


def test_whoever_takes_the_smaller_stream_need_not_type_the_password_again(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    with running(RtspCamera("/stream2", ("anna", "s3"))) as device:
        large = f"rtsp://{device.host}/stream1"
        bench = make_bench(cameras=[{"name": "Hall", "source": large, "user": "anna"}])
        bench.passwords.store(large, "anna", "s3")
        before = bench.preferences.current.cameras[0]
        bench.cameras.begin()
        found = bench.cameras._find_smaller(before, None, 1920, 1080)
    smaller = f"rtsp://{device.host}/stream2"
    assert found == smaller.replace("//", "//anna:s3@")
    bench.cameras.edit("Hall")
    (dialog,) = bench.window.findChildren(CameraDialog)
    dialog.source.enter_address(smaller)
    dialog.accept()
    qtbot.waitUntil(lambda: bench.preferences.current.cameras[0].source == smaller)
    finish_tasks(qtbot, bench.tasks)
    assert Passwords(bench.keyring).get(smaller, "anna") == "s3"
    # A password that is kept later holds, also when the camera is changed without typing it.
    bench.passwords.store(smaller, "anna", "new")
    bench.cameras.edit("Hall")
    bench.window.findChildren(CameraDialog)[-1].accept()
    finish_tasks(qtbot, bench.tasks)
    assert Passwords(bench.keyring).get(smaller, "anna") == "new"


def test_a_camera_that_is_stopped_has_no_fault_any_more(qtbot: QtBot, bench: Bench) -> None:
    bench.controller.open("0")
    bench.pause()
    qtbot.waitUntil(lambda: bench.tile.chip.text == "Paused")
    finish_tasks(qtbot, bench.tasks)
    assert bench.faults.rooms == ["webcam 0"]
    assert bench.dispatcher.calls == [("record", "webcam 0", "watch_paused", "maria")]


def test_another_source_in_a_room_ends_the_faults_of_the_first(qtbot: QtBot, bench: Bench) -> None:
    bench.controller.open("0")
    bench.controller.open("1")
    qtbot.waitUntil(lambda: len(bench.monitors) == 2)
    qtbot.waitUntil(lambda: bench.faults.rooms == ["webcam 0"])


def test_a_room_that_is_restarted_keeps_its_faults(qtbot: QtBot, bench: Bench) -> None:
    bench.controller.open("0")
    bench.controller.watch_anew()
    qtbot.waitUntil(lambda: len(bench.monitors) == 2)
    assert bench.faults.rooms == []


def test_threads_left_behind_are_said(qtbot: QtBot, bench: Bench) -> None:
    bench.controller.open("0")
    bench.monitors[0].left_running = ["fallwatch capture"]
    bench.pause()
    qtbot.waitUntil(lambda: "fallwatch capture" in bench.window.messages.text)


def test_every_widget_a_person_can_use_has_a_name(bench: Bench) -> None:
    bench.controller.open("0")
    assert nameless(bench.window) == []


@pytest.mark.parametrize("part", ["banner", "tray", "events"])
def test_a_part_that_cannot_show_an_alarm_keeps_no_other_from_it(
    qtbot: QtBot,
    make_bench: Callable[..., Bench],
    monkeypatch: pytest.MonkeyPatch,
    part: str,
) -> None:
    bench = make_bench()
    seen: list[str] = []

    def fail(alarms: object) -> None:
        raise RuntimeError("on purpose")

    for name in ("banner", "tray"):
        show = fail if name == part else lambda alarms, name=name: seen.append(name)
        monkeypatch.setattr(getattr(bench.window, name), "show_alarms", show)
    broken = fail if part == "events" else lambda alarms: seen.append("events")
    monkeypatch.setattr(bench.window.events, "show_events", broken)
    with qtbot.captureExceptions() as exceptions:
        bench.bridge.post_alarms((alarm(),))
        qtbot.waitUntil(lambda: len(seen) == 2 and bool(exceptions))
    assert set(seen) == {"banner", "tray", "events"} - {part}
    assert [str(value) for _, value, _ in exceptions] == ["on purpose"]


def test_a_flood_of_changes_reads_the_record_a_few_times_and_delays_no_acknowledgement(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench()
    readings: list[None] = []
    bench.controller._recent = lambda: readings.append(None) or []  # type: ignore[func-returns-value]
    for _ in range(200):
        bench.controller._on_alarms((alarm(),))
    bench.window.banner.acknowledged.emit("a1")
    finish_tasks(qtbot, bench.tasks)
    assert ("acknowledge", "a1") in bench.dispatcher.calls
    finish_tasks(qtbot, bench.tasks)
    assert len(readings) == 2
    bench.controller.refresh_events()
    qtbot.waitUntil(lambda: len(readings) == 3)


def test_what_the_start_found_does_not_take_back_what_was_raised_since(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench()
    bench.controller.begin(None)
    bench.bridge.post_alarms((alarm(),))
    finish_tasks(qtbot, bench.tasks)
    assert bench.window.banner.shown == alarm()
