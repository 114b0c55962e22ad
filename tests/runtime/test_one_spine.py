"""The same room behaves the same in the window and without one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fallwatch import paths
from fallwatch.app import WindowComposition, make_application
from fallwatch.classifiers.preprocessing import InputSpec, cut_crop
from fallwatch.core.analyzer import Analyzer
from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.core.presence import company
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.headless.command import run_all, run_headless
from fallwatch.pipeline.health.uptime_file import UPTIME_FILE, UptimeFile
from fallwatch.runtime import analyzers
from fallwatch.runtime.visits.visit_files import VISITS_FOLDER, VisitFiles
from fallwatch.settings import SETTINGS_FILE, Settings, save_settings
from tests.alarms.fake_audio import FakePlayer
from tests.core.synthetic import FixedClassifier, ScenePose, falling_at
from tests.sources.clip.clips import write_avi
from tests.waiting import PATIENCE_S, wait_until

_FALL_S = 0.6
_EVERYWHERE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


class Scene:
    """A room whose models see somebody fall soon, and what came of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.configs: list[JudgeConfig] = []
        self.judged_s = 0.0
        self.player = FakePlayer()
        scene = self

        class Watched(Analyzer):
            def __init__(self, *args: object) -> None:
                super().__init__(*args)  # type: ignore[arg-type]
                scene.configs.append(args[-1])  # type: ignore[arg-type]

            def step(self, frame):  # type: ignore[no-untyped-def]
                analysis = super().step(frame)
                scene.judged_s = frame.timestamp_s
                return analysis

        pose = ScenePose(falling_at(_FALL_S))
        models = (pose, FixedClassifier(0.9), partial(cut_crop, spec=InputSpec(side_px=32)))
        monkeypatch.setattr(analyzers, "Analyzer", Watched)
        monkeypatch.setattr(analyzers, "build_models", lambda *_: models)
        monkeypatch.setattr("fallwatch.alarms.channels.sound.SystemPlayer", lambda: self.player)

    def alarms(self) -> set[tuple[str, str]]:
        """Room and kind of all alarms in the record."""
        path = paths.data_dir() / STORE_FILE
        if not path.exists():
            return set()
        store = EventStore(path)
        try:
            return {(alarm.camera, alarm.kind) for alarm in store.all()}
        finally:
            store.close()

    def is_judged(self) -> bool:
        """Whether a fall would have been reported by now."""
        return self.judged_s > _FALL_S + 2.4


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(monkeypatch)


@pytest.fixture
def room(tmp_path: Path) -> str:
    """A grey room, for so long that nobody sees its end."""
    image = np.full((480, 640, 3), 90, np.uint8)
    return str(write_avi(tmp_path / "room.avi", [image] * 300, fps=15.0))


Watch = Callable[[Settings, Callable[[], bool]], None]


def in_the_window(qtbot: QtBot, settings: Settings, until: Callable[[], bool]) -> None:
    save_settings(settings, paths.config_dir() / SETTINGS_FILE)
    composition = WindowComposition(make_application(), None)
    qtbot.addWidget(composition.window)
    composition.window.show()
    try:
        qtbot.waitUntil(until)
    finally:
        composition.window.close()
        composition.shutdown()


def without_a_window(
    run: Callable[..., object], settings: Settings, until: Callable[[], bool]
) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(settings, None), kwargs={"stop": stop})
    thread.start()
    try:
        wait_until(lambda: until() or not thread.is_alive())
    finally:
        stop.set()
        thread.join(PATIENCE_S)
    assert until()


@pytest.fixture(params=["window", "watch ROOM", "watch --all"])
def watch(request: pytest.FixtureRequest, qapp: QApplication, qtbot: QtBot) -> Watch:
    runs: dict[str, Watch] = {
        "window": partial(in_the_window, qtbot),
        "watch ROOM": partial(without_a_window, partial(run_headless, "Bedroom")),
        "watch --all": partial(without_a_window, run_all),
    }
    return runs[request.param]


def settings_for(source: str, zones: list[dict[str, object]], **more: object) -> Settings:
    camera = {"name": "Bedroom", "source": source, "zones": zones}
    return Settings.model_validate({"cameras": [camera], "language": "en", **more})


def test_a_fall_is_an_alarm(scene: Scene, room: str, watch: Watch) -> None:
    watch(settings_for(room, []), lambda: ("Bedroom", "fall") in scene.alarms())


def test_how_long_it_was_watched_is_kept(scene: Scene, room: str, watch: Watch) -> None:
    watch(settings_for(room, []), scene.is_judged)
    file = UptimeFile(paths.data_dir() / UPTIME_FILE)
    assert file.read(datetime.now().astimezone().date())["Bedroom"].watched_s > 0


@pytest.mark.parametrize("kind", ["bed", "ignore"])
def test_a_zone_keeps_a_fall_from_being_one(
    scene: Scene, room: str, watch: Watch, kind: str
) -> None:
    zones: list[dict[str, object]] = [{"kind": kind, "corners_norm": _EVERYWHERE}]
    watch(settings_for(room, zones), scene.is_judged)
    assert ("Bedroom", "fall") not in scene.alarms()


def test_sensitivity_and_times_reach_the_judge(scene: Scene, room: str, watch: Watch) -> None:
    more = {"sensitivity": "high", "on_floor_after_s": 77.0, "long_lie_after_s": 99.0}
    watch(settings_for(room, [], **more), lambda: bool(scene.configs))
    (config,) = scene.configs
    assert config.threshold == JudgeConfig.for_sensitivity("high").threshold
    assert config.threshold != JudgeConfig.for_sensitivity("normal").threshold
    assert (config.on_floor_after_s, config.long_lie_after_s) == (77.0, 99.0)


def test_in_quiet_hours_the_alarm_sounds_softer(scene: Scene, room: str, watch: Watch) -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    quiet = dict.fromkeys(days, "00:00-23:59")
    watch(settings_for(room, [], quiet=quiet), lambda: bool(scene.player.sounds))
    soft = {sound.path.is_relative_to(paths.cache_dir()) for sound in scene.player.sounds}
    assert soft == {True}


def test_at_other_hours_it_sounds_at_full_volume(scene: Scene, room: str, watch: Watch) -> None:
    watch(settings_for(room, []), lambda: bool(scene.player.sounds))
    loud = {sound.path.is_relative_to(paths.resources_dir()) for sound in scene.player.sounds}
    assert loud == {True}


def visit_of_the_last_run() -> None:
    """Somebody began a care visit just before fallwatch was started again."""
    now_s = time.time()
    files = VisitFiles(paths.data_dir() / VISITS_FOLDER)
    files.write("Bedroom", "maria", now_s, now_s + 600)


def test_a_fall_in_a_care_visit_is_an_alarm_once_the_carer_has_left(
    scene: Scene, room: str, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company, "WINDOW_S", 4.0)
    visit_of_the_last_run()
    before: list[set[tuple[str, str]]] = []

    def is_over() -> bool:
        alarms = scene.alarms()
        if scene.is_judged() and not before:
            before.append(alarms)
        return ("Bedroom", "fall") in alarms and ("Bedroom", "care_visit_over") in alarms

    watch(settings_for(room, []), is_over)
    # The fall was settled, and nobody was alarmed, while the visit lasted.
    assert before == [set()]


def test_a_room_that_is_paused_in_the_window_is_told_to_whoever_looks_on(
    scene: Scene, qtbot: QtBot, room: str
) -> None:
    save_settings(settings_for(room, []), paths.config_dir() / SETTINGS_FILE)
    composition = WindowComposition(make_application(), None)
    qtbot.addWidget(composition.window)
    composition.window.show()
    views = composition._services.alarms.live_views
    try:
        qtbot.waitUntil(lambda: bool(views.now()))
        (presenter,) = composition._rooms.all
        presenter.set_watched(False)
        composition._pauses.pauses.begin(presenter.name, 600.0, "Maria")
        composition._pauses.refresh()
        assert [(each.room, each.by) for each in views.paused()] == [(presenter.name, "Maria")]
        presenter.set_watched(True)
        qtbot.waitUntil(lambda: bool(views.now()) and not views.paused())
    finally:
        composition.window.close()
        composition.shutdown()
