"""The window for recorded clips: a list, the player, and what the whole chain makes of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.player.analysis import ClipAnalysis, Found, MakeAnalyzer
from fallwatch.ui.player.evaluation import FolderEvaluation
from fallwatch.ui.player.folder import OpenedClip, OpenedClips, open_files, open_folder
from fallwatch.ui.player.marks import Mark, PlayerMarks
from fallwatch.ui.player.player import ClipPlayer
from fallwatch.ui.rooms.files import CLIP_PATTERNS
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.plain_text import plain_label
from fallwatch.ui.text.times import clip_clock
from fallwatch.ui.text.translate import translate
from fallwatch.ui.text.words import kind_words

_REFRESH_MS = 200


class ClipStudio(QDialog):
    """Looks at recorded clips. What is found here raises no alarm and enters no record.

    Args:
        theme: Colours.
        tasks: Where folders are read.
        make_analyzer: Loads the models; called on a thread.
        max_fps: Frames per second to analyse at most.
        threshold: Score from which on an alarm is raised.
        reports: Folder for the reports of evaluations.
        evaluate_options: Further options of the command ``fallwatch evaluate``.
    """

    def __init__(
        self,
        theme: Theme,
        tasks: BackgroundTasks,
        make_analyzer: MakeAnalyzer,
        *,
        max_fps: float,
        threshold: float,
        reports: Path,
        evaluate_options: list[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._make_analyzer = tasks, make_analyzer
        self._max_fps, self._threshold = max_fps, threshold
        self._clips: tuple[OpenedClip, ...] = ()
        self._analysis: ClipAnalysis | None = None
        self._is_open = True
        self._folder: Path | None = None
        self._reports, self._evaluate_options = reports, evaluate_options
        self._evaluation: FolderEvaluation | None = None
        self._report = reports
        self.setWindowTitle(self.tr("Recorded clips"))
        self.resize(1100, 720)
        self.player = ClipPlayer(theme)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Clips"))
        self.list.currentRowChanged.connect(self._on_chosen)
        self.remarks = plain_label()
        self.remarks.setWordWrap(True)
        self.verdict = plain_label()
        self.verdict.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName(self.tr("Analysed"))
        self.previous_button = self._button(self.tr("&Previous clip"), lambda: self.go(-1))
        self.next_button = self._button(self.tr("&Next clip"), lambda: self.go(1))
        self.evaluate_button = self._button(self.tr("&Evaluate folder"), self.evaluate)
        self.report_button = self._button(self.tr("Show &report"), self._show_report)
        self.report_button.hide()
        self.figures = QLabel()
        self.figures.setWordWrap(True)
        self.counted = QProgressBar()
        self.counted.setAccessibleName(self.tr("Clips evaluated"))
        self.counted.hide()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        self._enable()

    def open_files(self, paths: list[Path]) -> None:
        """Show these files."""
        self._folder = None
        self._tasks.run(lambda: open_files(paths), self._show_clips)

    def open_folder(self, folder: Path) -> None:
        """Show all clips of a folder."""
        self._folder = folder
        self._tasks.run(lambda: open_folder(folder), self._show_clips)

    def go(self, rows: int) -> None:
        """Go on to a clip further down the list, or with a negative number further up."""
        row = self.list.currentRow() + rows
        if 0 <= row < self.list.count():
            self.list.setCurrentRow(row)

    def done(self, result: int) -> None:
        """Let go of the clip and all work on it, then close."""
        self._is_open = False
        if self._evaluation is not None:
            self._evaluation.stop()
        self._close_clip()
        super().done(result)

    def evaluate(self) -> None:
        """Measure the whole chain on the folder, or break that off."""
        if self._evaluation is not None:
            self._evaluation.stop()
            self._on_evaluated(False, self.tr("Broken off. What was analysed is kept."))
            return
        if self._folder is None:
            return
        output = self._reports / datetime.now().strftime("%Y-%m-%d %H-%M-%S")
        evaluation = FolderEvaluation(self._folder, output, self._evaluate_options, self)
        evaluation.progressed.connect(self._on_counted)
        evaluation.finished.connect(self._on_evaluated)
        self._evaluation, self._report = evaluation, evaluation.report
        self.evaluate_button.setText(self.tr("Stop &evaluating"))
        self.report_button.hide()
        self.figures.setText(self.tr("Every clip is sent through the whole chain."))
        self.counted.setRange(0, 0)
        self.counted.show()
        evaluation.start()

    def _on_counted(self, done: int, total: int) -> None:
        self.counted.setRange(0, total)
        self.counted.setValue(done)
        self.counted.setFormat(self.tr("{0} of {1} clips").format(done, total))

    def _on_evaluated(self, has_report: bool, words: str) -> None:
        self._evaluation = None
        self.counted.hide()
        self.evaluate_button.setText(self.tr("&Evaluate folder"))
        self.figures.setText(words)
        self.report_button.setVisible(has_report)

    def _show_report(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._report)))

    def _show_clips(self, opened: OpenedClips) -> None:
        if not self._is_open:
            return
        self._close_clip()
        self._clips = opened.clips
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for clip in opened.clips:
            item = QListWidgetItem(clip.title)
            item.setToolTip(f"{clip.path}\n{self._label_words(clip)}")
            self.list.addItem(item)
        self.list.blockSignals(blocked)
        self.remarks.setText("\n".join(map(translate, opened.remarks)))
        self.remarks.setVisible(bool(opened.remarks))
        if opened.clips:
            self.list.setCurrentRow(0)
        self._enable()

    def _on_chosen(self, row: int) -> None:
        self._close_clip()
        self._enable()
        if not 0 <= row < len(self._clips):
            return
        clip = self._clips[row]
        self._analysis = ClipAnalysis(clip, self._make_analyzer, self._max_fps)
        self.player.draw_over(self._analysis.shapes_at)
        self.player.open(clip.path, self._marks(Found()))
        self._analysis.start()
        self.verdict.setText(self.tr("Getting ready."))
        self.progress.setRange(0, 0)
        self._timer.start()

    def _close_clip(self) -> None:
        self._timer.stop()
        analysis, self._analysis = self._analysis, None
        if analysis is not None:
            analysis.stop()
        self.player.close_clip()

    def _refresh(self) -> None:
        if self._analysis is None:
            return
        found = self._analysis.found()
        self.player.show_marks(self._marks(found))
        if found.share is not None and found.points:
            self.progress.setRange(0, 1000)
            self.progress.setValue(round(found.share * 1000))
        if found.points or found.is_over:
            self.verdict.setText(self._verdict(found))
        if found.is_over:
            self.progress.setRange(0, 1)
            self.progress.setValue(1)
            self._timer.stop()

    def _marks(self, found: Found) -> PlayerMarks:
        return PlayerMarks(
            points=found.points,
            alarms=tuple(Mark(time_s, kind_words(kind)) for time_s, kind in found.alarms),
            falls_s=found.falls_s,
            threshold=self._threshold,
        )

    def _verdict(self, found: Found) -> str:
        """What was found so far, beside what is annotated."""
        alarms = ", ".join(
            self.tr("{0} at {1}").format(kind_words(kind), clip_clock(time_s))
            for time_s, kind in found.alarms
        )
        words = [alarms if alarms else self.tr("No alarm")]
        if not found.is_over:
            words[0] = self.tr("{0} so far").format(words[0])
        clip = self._clips[self.list.currentRow()]
        words.append(self._label_words(clip))
        if found.problem:
            words.append(translate(found.problem))
        return ". ".join(words)

    def _label_words(self, clip: OpenedClip) -> str:
        if clip.falls:
            return self.tr("Annotated: {0} fall(s)").format(len(clip.falls))
        return self.tr("Annotated: nobody falls") if clip.labelled else self.tr("Not annotated")

    def _ask_for_files(self) -> None:
        dialog = QFileDialog(self, self.tr("Open clips"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
        dialog.setNameFilters(
            [self.tr("Videos ({0})").format(CLIP_PATTERNS), self.tr("All files (*)")]
        )
        dialog.filesSelected.connect(lambda names: self.open_files([Path(n) for n in names]))
        self._show(dialog)

    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Open a folder of clips"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.open_folder(Path(name)))
        self._show(dialog)

    def _show(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _enable(self) -> None:
        row = self.list.currentRow()
        self.previous_button.setEnabled(row > 0)
        self.next_button.setEnabled(0 <= row < self.list.count() - 1)
        self.evaluate_button.setEnabled(self._folder is not None and self.list.count() > 0)

    def _button(self, words: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: slot())
        return button

    def _lay_out(self) -> None:
        files = self._button(self.tr("Open &files…"), self._ask_for_files)
        folder = self._button(self.tr("Open f&older…"), self._ask_for_folder)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        parts: tuple[QWidget, ...] = (
            *(files, folder, self.list, self.remarks),
            *(self.evaluate_button, self.counted, self.figures, self.report_button),
        )
        for part in parts:
            column.addWidget(part)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.player, 1)
        column.addWidget(self.progress)
        row = QHBoxLayout()
        row.addWidget(self.verdict, 1)
        row.addWidget(self.previous_button)
        row.addWidget(self.next_button)
        column.addLayout(row)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setSizes([260, 840])
        layout = QHBoxLayout(self)
        layout.addWidget(splitter)
