"""The assistant: what is missing is named, and what is done elsewhere shows here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fallwatch.core.message import Message
from fallwatch.pipeline.monitor import MonitorState
from fallwatch.settings import MessageSettings
from fallwatch.ui.assistant.assistant_controller import AssistantController
from fallwatch.ui.assistant.assistant_dialog import AssistantDialog
from fallwatch.ui.assistant.points import Answers, Mark, Situation, is_ready, points
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.screen.window_place import FRAME
from fallwatch.ui.settings.notify_page import Trial
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.window.self_test import SelfTestDialog
from tests.ui.fakes import nameless, status
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

READY = Situation({"Hall": True}, frozenset({"Hall"}), ("Anna",), has_pin=True)
SAID = Answers(heard=True, reached=True, test_passed=True)


def test_all_done_is_ready() -> None:
    assert is_ready(points(READY, SAID))


@pytest.mark.parametrize(
    ("now", "answers", "name", "mark"),
    [
        (Situation(), SAID, "camera", Mark.OPEN),
        (Situation({"Hall": False}), SAID, "camera", Mark.FAILED),
        (READY, Answers(heard=None), "sound", Mark.OPEN),
        (READY, Answers(heard=False), "sound", Mark.FAILED),
        (Situation({"Hall": True}), Answers(), "recipient", Mark.OPEN),
        (Situation({"Hall": True}), Answers(nobody_else=True), "recipient", Mark.DONE),
        (READY, Answers(reached=False, nobody_else=True), "recipient", Mark.FAILED),
        (READY, Answers(test_passed=False), "test", Mark.FAILED),
        (Situation({"Hall": True}), Answers(), "beds", Mark.OPEN),
        (Situation({"Hall": True}), Answers(no_beds=True), "beds", Mark.DONE),
        (Situation({"Hall": True}), Answers(), "stop", Mark.OPEN),
        (Situation({"Hall": True}), Answers(anybody_stops=True), "stop", Mark.DONE),
    ],
)
def test_each_point(now: Situation, answers: Answers, name: str, mark: Mark) -> None:
    found = points(now, answers)
    assert found[name].mark is mark
    assert is_ready(found) is False


class Desk:
    """The assistant over a window with stand-ins behind it."""

    def __init__(self, qtbot: QtBot, theme: Theme, bench: Bench) -> None:
        self.qtbot, self.bench = qtbot, bench
        self.problems: list[Message | None] = []
        self.sent: list[str] = []
        self.bridge = Bridge(bench.window)
        self.self_test = SelfTestDialog(theme, lambda: iter(()), self.bridge)
        qtbot.addWidget(self.self_test)
        self.controller = AssistantController(
            bench.window,
            theme,
            bench.rooms,
            bench.preferences,
            Trial(lambda answer: answer(self._problem()), self._send),
            self._test,
        )

    def _problem(self) -> Message | None:
        return self.problems.pop(0) if self.problems else None

    def _send(
        self, who: MessageSettings, address: str, answer: Callable[[Message | None], None]
    ) -> None:
        self.sent.append(who.name)
        answer(self._problem())

    def _test(self) -> SelfTestDialog:
        self.self_test.start()
        return self.self_test

    @property
    def dialog(self) -> AssistantDialog:
        return self.controller.open()

    def press(self, name: str) -> None:
        self.qtbot.mouseClick(self.dialog.buttons[name], Qt.MouseButton.LeftButton)


@pytest.fixture
def desk(qtbot: QtBot, theme: Theme, make_bench: Callable[..., Bench]) -> Desk:
    bench = make_bench(
        cameras=[{"name": "Hall", "source": "0"}], messages=[{"name": "Anna"}, {"name": "Bo"}]
    )
    bench.controller.begin(None)
    return Desk(qtbot, theme, bench)


def test_it_goes_from_what_is_missing_to_a_green_page(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.dialog
    assert "Still missing" in dialog.verdict.text()
    assert "Does the camera see the room?" in dialog.verdict.text()
    room = desk.bench.rooms.all[0]
    room.tile.show_status(status(MonitorState.RUNNING, 0.1))
    desk.press("play")
    desk.press("heard")
    desk.press("send")
    assert desk.sent == ["Anna", "Bo"]
    desk.press("arrived")
    desk.press("no beds")
    desk.press("anybody")
    desk.press("test")
    qtbot.waitUntil(lambda: dialog.is_ready)
    assert dialog.verdict.text().startswith("Everything is ready")


def test_it_opens_within_the_screen(desk: Desk) -> None:
    free = desk.dialog.screen().availableGeometry().marginsRemoved(FRAME)
    assert desk.dialog.width() == min(820, free.width())


def test_what_did_not_work_is_said(desk: Desk) -> None:
    desk.problems = [Message("No loudspeaker.")]
    desk.press("play")
    assert desk.dialog.marks["sound"].text() == Mark.FAILED.value
    desk.problems = [None, Message("ntfy took nothing.")]
    desk.press("send")
    assert desk.sent == ["Anna", "Bo"]
    assert desk.dialog.marks["recipient"].text() == Mark.FAILED.value


def test_its_buttons_open_what_helps(qtbot: QtBot, desk: Desk) -> None:
    wishes: list[str] = []
    desk.bench.window.camera_wanted.disconnect()
    desk.bench.window.camera_wanted.connect(lambda: wishes.append("camera"))
    desk.bench.window.settings_wanted.connect(lambda: wishes.append("settings"))
    desk.controller.zones_wanted.connect(lambda room: wishes.append(room.name))
    for name in ("camera", "recipient", "pin", "beds"):
        desk.press(name)
    assert wishes == ["camera", "settings", "settings", "Hall"]


def test_it_is_offered_once_and_only_where_nothing_is_set_up(
    qtbot: QtBot,
    theme: Theme,
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench()
    desk = Desk(qtbot, theme, bench)
    desk.controller.offer_once()
    (dialog,) = bench.window.findChildren(AssistantDialog)
    dialog.reject()
    qtbot.waitUntil(lambda: not bench.window.findChildren(AssistantDialog))
    assert bench.preferences.current.assistant_seen
    desk.controller.offer_once()
    assert not bench.window.findChildren(AssistantDialog)


def test_everything_in_it_has_a_name(desk: Desk) -> None:
    assert nameless(desk.dialog) == []
