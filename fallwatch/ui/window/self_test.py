"""The page of ticks and crosses: does everything that an alarm depends on work?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fallwatch.core.message import NO_MESSAGE, Message, message_of
from fallwatch.pipeline.worker import Worker
from fallwatch.runtime.support_report import Finding
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.style.palette import Palette
from fallwatch.ui.style.theme import Theme, scale_font
from fallwatch.ui.text.translate import translate


class FindingLike(Finding, Protocol):
    """What the page needs of ``fallwatch.doctor.CheckResult``."""

    @property
    def remedy(self) -> Message: ...


Examine = Callable[[], Iterator[FindingLike]]

_MARKS = {"good": "✔", "remark": "•", "bad": "✘"}


class SelfTestDialog(QDialog):
    """Shows each finding as soon as it is there. The checks are done on a thread of their own.

    Args:
        theme: Colours.
        examine: Does the checks.
        bridge: Brings findings to the window's thread.

    Signals:
        examined: All checks are done; True if none failed.
    """

    examined = Signal(bool)

    def __init__(
        self, theme: Theme, examine: Examine, bridge: Bridge, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._examine, self._bridge = theme, examine, bridge
        self._is_open = True
        self._worker: Worker | None = None
        self.findings: list[FindingLike] = []
        self.setWindowTitle(self.tr("Self-test"))
        self.resize(680, 520)
        self.verdict = QLabel()
        scale_font(self.verdict, 1.2, bold=True)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setFixedHeight(4)
        self.busy.setTextVisible(False)
        self.again_button = QPushButton(self.tr("Test &again"))
        self.again_button.clicked.connect(lambda: self.start())
        close = QPushButton(self.tr("&Close"))
        close.clicked.connect(self.accept)
        close.setDefault(True)
        self._page = QWidget()
        self._rows = QGridLayout(self._page)
        self._rows.setColumnStretch(1, 1)
        self._rows.setAlignment(Qt.AlignmentFlag.AlignTop)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(self._page)
        row = QHBoxLayout()
        row.addWidget(self.again_button)
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        for widget in (self.verdict, self.busy, area):
            layout.addWidget(widget)
        layout.addLayout(row)

    def start(self) -> None:
        """Do all checks, from the first."""
        for label in self._page.findChildren(QLabel):
            self._rows.removeWidget(label)
            label.deleteLater()
        self.findings.clear()
        self.verdict.setText(self.tr("Testing. A short sound plays."))
        self.busy.show()
        self.again_button.setEnabled(False)
        self._worker = Worker("self-test", self._run, self._on_failure)
        self._worker.start()

    def done(self, result: int) -> None:
        """Close; a check under way is not waited for."""
        self._is_open = False
        if self._worker is not None:
            self._worker.stopping.set()
        super().done(result)

    def _run(self) -> None:
        worker = self._worker
        for finding in self._examine():
            if worker is None or worker.stopping.is_set():
                return
            self._bridge.post(partial(self._add, finding))
        self._bridge.post(partial(self._finish, NO_MESSAGE))

    def _on_failure(self, error: Exception) -> bool:
        self._bridge.post(partial(self._finish, message_of(error)))
        return False

    def _add(self, finding: FindingLike) -> None:
        if not self._is_open:
            return
        self.findings.append(finding)
        mark = QLabel(_MARKS[str(getattr(finding.outcome, "value", finding.outcome))])
        scale_font(mark, 1.4, bold=True)
        palette: Palette = self._theme.palette
        colours = {"✔": palette.calm, "•": palette.watch, "✘": palette.error}[mark.text()]
        mark.setStyleSheet(
            f"color: {colours.ink}; background: {colours.paper}; border-radius: 6px; padding: 2px;"
        )
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        said = " ".join(translate(each) for each in (finding.words, finding.remedy) if each)
        words = QLabel(f"<b>{escape(translate(finding.name))}</b><br>{escape(said)}")
        words.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = len(self.findings)
        self._rows.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
        self._rows.addWidget(words, row, 1)

    def _finish(self, problem: Message) -> None:
        if not self._is_open:
            return
        self.busy.hide()
        self.again_button.setEnabled(True)
        bad = sum(finding.outcome == "bad" for finding in self.findings)
        if problem:
            words = self.tr("The self-test broke off: {0}").format(translate(problem))
        elif bad:
            words = self.tr("{0} of {1} checks failed.").format(bad, len(self.findings))
        else:
            words = self.tr("All is well.")
        self.verdict.setText(words)
        self.examined.emit(not (problem or bad))
