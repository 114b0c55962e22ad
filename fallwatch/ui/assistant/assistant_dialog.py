"""The assistant's page: each point with its mark and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fallwatch.core.message import Message
from fallwatch.ui.assistant.points import Answers, Mark, Point, Situation, is_ready, points
from fallwatch.ui.style.dialog_parts import ROW_GAP_PX, plain_buttons
from fallwatch.ui.style.theme import Theme, scale_font
from fallwatch.ui.text.translate import translate

_LOOK_MS = 1000


class AssistantDialog(QDialog):
    """Six points, in order. It looks again once a second, so what is done elsewhere shows here.

    Args:
        theme: Colours.
        look: How it is now; it must not wait.
        answers: What has been said; kept by whoever opened the dialog.

    Signals:
        camera_wanted: Somebody wants to add a camera.
        sound_wanted: Somebody wants to hear the alarm.
        settings_wanted: Somebody wants to see the settings.
        message_wanted: Somebody wants a test sent to all recipients.
        test_wanted: Somebody wants the self-test.
        zones_wanted: Name of the room in which somebody wants to mark a bed.
    """

    camera_wanted = Signal()
    sound_wanted = Signal()
    settings_wanted = Signal()
    message_wanted = Signal()
    test_wanted = Signal()
    zones_wanted = Signal(str)

    def __init__(
        self,
        theme: Theme,
        look: Callable[[], Situation],
        answers: Answers,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._look, self.answers = theme, look, answers
        self._now = look()
        self.setWindowTitle(self.tr("Set-up assistant"))
        self.buttons: dict[str, QPushButton] = {}
        self.marks: dict[str, QLabel] = {}
        self._words: dict[str, QLabel] = {}
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setMargin(12)
        scale_font(self.verdict, 1.15, bold=True)
        self._lines: list[QHBoxLayout] = []
        grid = self._grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setVerticalSpacing(10)
        for row, (name, actions) in enumerate(self._actions().items()):
            self._add_row(grid, row, name, actions)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(grid)
        layout.addStretch(1)
        layout.addWidget(self.verdict)
        layout.addWidget(plain_buttons(self, {"Close": self.tr("Close")}))
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        theme.changed.connect(self.refresh)
        self.refresh()
        if layout.totalMinimumSize().width() > self.screen().availableGeometry().width():
            self._place_buttons_below()
        self.resize(820, 600)

    @property
    def is_ready(self) -> bool:
        """Whether nothing is missing."""
        return is_ready(self._found)

    def refresh(self) -> None:
        """Look again, and show what is found."""
        self._now = self._look()
        self._found = points(self._now, self.answers)
        for name, point in self._found.items():
            self._show(name, point)
        missing = [p.title for p in self._found.values() if p.mark is not Mark.DONE]
        palette = self._theme.palette
        pair = palette.watch if missing else palette.calm
        words = self.tr("Everything is ready. fallwatch watches, and somebody will be told.")
        if missing:
            listed = "\n".join(f"– {translate(title)}" for title in missing)
            words = self.tr("Still missing:\n{0}").format(listed)
        self.verdict.setText(words)
        self.verdict.setStyleSheet(
            f"color: {pair.ink}; background: {pair.paper}; border-radius: 8px;"
        )
        self._offer()

    def show_problem(self, name: str, words: Message) -> None:
        """Say why something that was tried did not work."""
        self._words[name].setText(
            f"<b>{escape(translate(self._found[name].title))}</b><br>{escape(translate(words))}"
        )

    def done(self, result: int) -> None:
        """Look no more, and close."""
        self._timer.stop()
        super().done(result)

    def _actions(self) -> dict[str, tuple[tuple[str, str, Callable[[], object]], ...]]:
        """For each point its buttons: a short name, what stands on it, and what it does."""
        return {
            "camera": (("camera", self.tr("Add camera…"), self.camera_wanted.emit),),
            "sound": (
                ("play", self.tr("Play the sound"), self.sound_wanted.emit),
                ("heard", self.tr("Heard"), lambda: self._answer(heard=True)),
                ("not heard", self.tr("Not heard"), lambda: self._answer(heard=False)),
            ),
            "recipient": (
                ("recipient", self.tr("Settings…"), self.settings_wanted.emit),
                ("send", self.tr("Send a test"), self.message_wanted.emit),
                ("arrived", self.tr("It arrived"), lambda: self._answer(reached=True)),
                ("not arrived", self.tr("It did not"), lambda: self._answer(reached=False)),
                ("nobody", self.tr("Nobody needed"), lambda: self._answer(nobody_else=True)),
            ),
            "test": (("test", self.tr("Self-test…"), self.test_wanted.emit),),
            "beds": (
                ("beds", self.tr("Mark…"), self._want_zones),
                ("no beds", self.tr("No bed in view"), lambda: self._answer(no_beds=True)),
            ),
            "stop": (
                ("pin", self.tr("Set a PIN…"), self.settings_wanted.emit),
                ("anybody", self.tr("Everybody may"), lambda: self._answer(anybody_stops=True)),
            ),
        }

    def _add_row(
        self,
        grid: QGridLayout,
        row: int,
        name: str,
        actions: tuple[tuple[str, str, Callable[[], object]], ...],
    ) -> None:
        mark = self.marks[name] = QLabel()
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        scale_font(mark, 1.4, bold=True)
        words = self._words[name] = QLabel()
        words.setWordWrap(True)
        line = QHBoxLayout()
        line.setSpacing(ROW_GAP_PX)
        line.addStretch(1)
        for key, text, slot in actions:
            button = self.buttons[key] = QPushButton(text)
            button.ensurePolished()
            button.setAutoDefault(False)
            button.clicked.connect(lambda _, act=slot: act())
            line.addWidget(button)
        self._lines.append(line)
        grid.addWidget(mark, 2 * row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(words, 2 * row, 1)
        grid.addLayout(line, 2 * row, 2)

    def _place_buttons_below(self) -> None:
        """In large letters words and buttons have no room side by side."""
        for row, line in enumerate(self._lines):
            self._grid.removeItem(line)
            line.setParent(None)
            self._grid.addLayout(line, 2 * row + 1, 0, 1, 3)

    def _show(self, name: str, point: Point) -> None:
        palette = self._theme.palette
        pair = {Mark.DONE: palette.calm, Mark.OPEN: palette.watch, Mark.FAILED: palette.error}[
            point.mark
        ]
        mark = self.marks[name]
        if mark.text() != point.mark.value:
            mark.setText(point.mark.value)
        mark.setStyleSheet(
            f"color: {pair.ink}; background: {pair.paper}; border-radius: 6px; padding: 2px;"
        )
        title, said = translate(point.title), translate(point.words)
        self._words[name].setText(f"<b>{escape(title)}</b><br>{escape(said)}")

    def _offer(self) -> None:
        """Offer what makes sense now."""
        has_recipients = bool(self._now.recipients)
        for key in ("send", "arrived", "not arrived"):
            self.buttons[key].setVisible(has_recipients)
        self.buttons["nobody"].setVisible(not has_recipients)
        self.buttons["beds"].setEnabled(bool(self._now.rooms))

    def _want_zones(self) -> None:
        left = [name for name in self._now.rooms if name not in self._now.rooms_with_bed]
        for name in (left or list(self._now.rooms))[:1]:
            self.zones_wanted.emit(name)

    def _answer(self, **answers: bool) -> None:
        for key, value in answers.items():
            setattr(self.answers, key, value)
        self.refresh()
