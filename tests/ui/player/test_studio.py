"""Recorded clips: opening files and folders, what the chain finds in them, going through them."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from rich.console import Console

from fallwatch.classifiers.manifest import WeightsError
from fallwatch.core.protocols import FrameAnalyzer
from fallwatch.core.types import Analysis, Box, EventKind, FallEvent, Frame, Person, Posture
from fallwatch.evaluation.report.console import print_results
from fallwatch.recording.clip_writer import ClipWriter
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.player.evaluation import FolderEvaluation
from fallwatch.ui.player.folder import open_files, open_folder
from fallwatch.ui.player.studio import ClipStudio
from fallwatch.ui.style.theme import Theme
from tests.evaluation.factory import clip_result, results
from tests.waiting import PATIENCE_S


class FakeAnalyzer:
    """Sees one person, who falls at given times."""

    def __init__(self, falls_s: Sequence[float] = (2.0,)) -> None:
        self.gate: threading.Event | None = None
        self.closed = False
        self._falls = list(falls_s)

    def step(self, frame: Frame) -> Analysis:
        if self.gate is not None:
            assert self.gate.wait(PATIENCE_S)
        box = Box(4, 4, 40, 40)
        events: tuple[FallEvent, ...] = ()
        if self._falls and frame.timestamp_s >= self._falls[0] - 1e-3:
            at_s = self._falls.pop(0)
            events = (FallEvent(EventKind.FALL, "clip", 1, at_s, at_s, 0.9, (), box),)
        return Analysis(frame, (Person(1, box, None, 0.25, 0.5, Posture.FALLEN),), events)

    def close(self) -> None:
        self.closed = True


def write_clip(path: Path, seconds: float = 3.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with ClipWriter(path) as writer:
        for index in range(round(seconds * 10)):
            writer.write(index / 10, np.full((48, 64, 3), index * 5, np.uint8))
    return path


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room as Le2i has it: a fall from 2 s to 2.5 s in the second clip, none in the first."""
    folder = tmp_path_factory.mktemp("le2i") / "Home_01"
    for name, text in (("a", "0\n0\n"), ("b", "21\n26\n"), ("c", None)):
        write_clip(folder / "Videos" / f"{name}.mp4")
        if text is not None:
            annotation = folder / "Annotation_files" / f"{name}.txt"
            annotation.parent.mkdir(exist_ok=True)
            annotation.write_text(text)
    return folder


class Rig:
    def __init__(self, qtbot: QtBot, theme: Theme, folder: Path) -> None:
        self.bridge = Bridge()
        self.tasks = BackgroundTasks(self.bridge, "fallwatch test tasks")
        self.analyzers: list[FakeAnalyzer] = []
        self.problem: Exception | None = None
        self.gate: threading.Event | None = None
        self.studio = ClipStudio(
            theme,
            self.tasks,
            self._make,
            max_fps=15.0,
            threshold=0.6,
            reports=folder / "reports",
            evaluate_options=[],
        )
        qtbot.addWidget(self.studio)
        self.studio.show()

    def _make(self, name: str) -> FrameAnalyzer:
        if self.problem is not None:
            raise self.problem
        analyzer = FakeAnalyzer()
        analyzer.gate = self.gate
        self.analyzers.append(analyzer)
        return analyzer

    @property
    def titles(self) -> list[str]:
        return [self.studio.list.item(i).text() for i in range(self.studio.list.count())]


@pytest.fixture
def rig(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(qtbot, theme, tmp_path)
    yield rig
    if rig.gate is not None:
        rig.gate.set()
    rig.studio.done(0)
    rig.tasks.close()


# What was opened


def test_a_le2i_room_brings_its_annotations(room: Path) -> None:
    opened = open_folder(room)
    assert [(clip.path.name, len(clip.falls), clip.labelled) for clip in opened.clips] == [
        ("a.mp4", 0, True),
        ("b.mp4", 1, True),
        ("c.mp4", 0, False),
    ]
    assert "without an annotation" in str(opened.remarks[0])


def test_single_files_find_theirs_in_the_room_and_beside_them(room: Path, demo_fall: Path) -> None:
    opened = open_files([room / "Videos" / "b.mp4", demo_fall, room / "Videos" / "c.mp4"])
    assert [clip.labelled for clip in opened.clips] == [True, True, False]
    assert opened.clips[0].falls[0].seconds(10.0) == (2.0, 2.5)
    assert opened.clips[1].falls[0].seconds(15.0)[0] == pytest.approx(3.13, abs=0.01)


def test_an_annotation_that_cannot_be_read_is_said_and_the_clip_shown(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "x.mp4", 0.5)
    clip.with_suffix(".txt").write_text("no numbers")
    opened = open_files([clip])
    assert [c.path for c in opened.clips] == [clip]
    assert "x.txt" in str(opened.remarks[0])


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_clips_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    opened = open_folder(tmp_path / name)
    assert opened.clips == ()
    assert name in str(opened.remarks[0])


# The window


def test_a_folder_is_gone_through_clip_by_clip(qtbot: QtBot, rig: Rig, room: Path) -> None:
    rig.studio.open_folder(room)
    qtbot.waitUntil(lambda: len(rig.titles) == 3)
    assert not rig.studio.previous_button.isEnabled()
    qtbot.waitUntil(lambda: "nobody falls" in rig.studio.verdict.text())
    qtbot.mouseClick(rig.studio.next_button, Qt.MouseButton.LeftButton)
    assert rig.studio.list.currentRow() == 1
    qtbot.waitUntil(lambda: "Annotated: 1 fall" in rig.studio.verdict.text())
    rig.studio.go(1)
    assert not rig.studio.next_button.isEnabled()
    rig.studio.go(1)
    assert rig.studio.list.currentRow() == 2
    qtbot.waitUntil(lambda: "Not annotated" in rig.studio.verdict.text())


def test_the_chain_s_alarm_and_the_annotated_fall_stand_on_the_timeline(
    qtbot: QtBot, rig: Rig, room: Path
) -> None:
    rig.studio.open_files([room / "Videos" / "b.mp4"])
    qtbot.waitUntil(lambda: rig.studio.verdict.text().startswith("Fall at 0:02. Annotated"))
    marks = rig.studio.player._marks
    assert [mark.time_s for mark in marks.alarms] == [2.0]
    assert marks.falls_s[0] == pytest.approx((2.0, 2.5), abs=0.05)
    assert marks.threshold == 0.6
    assert len(marks.points) == 30
    assert {point[1:] for point in marks.points} == {(0.25, 0.5)}
    qtbot.waitUntil(lambda: rig.analyzers[0].closed)


def test_what_was_seen_is_drawn_over_the_image(qtbot: QtBot, rig: Rig, room: Path) -> None:
    rig.studio.open_files([room / "Videos" / "a.mp4"])
    view = rig.studio.player.view
    qtbot.waitUntil(lambda: bool(view.shapes))
    rig.studio.player.seek(1.0)
    qtbot.waitUntil(lambda: rig.studio.player.time_s == pytest.approx(1.0, abs=0.11))
    assert view.shapes


def test_it_can_be_watched_while_it_is_analysed(qtbot: QtBot, rig: Rig, room: Path) -> None:
    rig.gate = threading.Event()
    rig.studio.open_files([room / "Videos" / "a.mp4"])
    player = rig.studio.player
    qtbot.waitUntil(lambda: player.view.image is not None)
    player.play()
    qtbot.waitUntil(lambda: player.time_s > 0.3)
    player.pause()
    assert rig.studio.verdict.text() == "Getting ready."
    rig.gate.set()
    qtbot.waitUntil(lambda: "Fall at 0:02" in rig.studio.verdict.text())


def test_another_clip_does_not_wait_for_the_first(qtbot: QtBot, rig: Rig, room: Path) -> None:
    gate = rig.gate = threading.Event()
    rig.studio.open_folder(room)
    qtbot.waitUntil(lambda: len(rig.analyzers) == 1)
    rig.gate = None
    rig.studio.go(1)
    qtbot.waitUntil(lambda: "Annotated: 1 fall" in rig.studio.verdict.text())
    gate.set()
    qtbot.waitUntil(lambda: rig.analyzers[0].closed)
    assert "Annotated: 1 fall" in rig.studio.verdict.text()


@pytest.mark.parametrize("kind", ["weights", "clip"])
def test_what_does_not_work_is_said(
    qtbot: QtBot, rig: Rig, room: Path, tmp_path: Path, kind: str
) -> None:
    if kind == "weights":
        rig.problem = WeightsError("model.xml is missing.")
        rig.studio.open_files([room / "Videos" / "a.mp4"])
        qtbot.waitUntil(lambda: "model.xml is missing" in rig.studio.verdict.text())
    else:
        rig.studio.open_files([tmp_path / "gone.mp4"])
        qtbot.waitUntil(lambda: "gone.mp4" in rig.studio.verdict.text())
        qtbot.waitUntil(lambda: "gone.mp4" in rig.studio.player.view.words)


# Evaluating a folder


def pretend(rig: Rig, code: str) -> None:
    """Have a little script in place of the command, given the folder for its results."""
    evaluation = rig.studio._evaluation
    assert evaluation is not None
    evaluation._process.setArguments(["-c", code, str(evaluation.report.parent)])


def evaluating(qtbot: QtBot, rig: Rig, room: Path, code: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(FolderEvaluation, "start", lambda self: None)
    rig.studio.open_folder(room)
    qtbot.waitUntil(rig.studio.evaluate_button.isEnabled)
    rig.studio.evaluate_button.click()
    pretend(rig, code)
    monkeypatch.undo()
    assert rig.studio._evaluation is not None
    rig.studio._evaluation.start()


def go_on(rig: Rig) -> None:
    """Let the script go on to the last clip."""
    evaluation = rig.studio._evaluation
    assert evaluation is not None
    evaluation.report.parent.mkdir(parents=True)
    (evaluation.report.parent / "go on").touch()


# It goes on to the third clip when the file "go on" is there.
COUNTING = """
import sys, time, pathlib
folder = pathlib.Path(sys.argv[1])
for done in range(4):
    line = f"\\rAnalysing \\x1b[32m#### {done}/3\\x1b[0m clips, left: 0:00:01"
    print(line, file=sys.stderr, flush=True)
    while done == 2 and not (folder / "go on").exists():
        time.sleep(0.01)
"""
REPORTING = """
(folder / "report.html").write_text("<html>")
print("Found 1 of 1 falls, 100 %;\\nfalse alarms in 0 of 3 clips.\\nReport: somewhere")
"""


def test_a_folder_is_evaluated_with_progress_and_a_report(
    qtbot: QtBot, rig: Rig, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluating(qtbot, rig, room, COUNTING + REPORTING, monkeypatch)
    qtbot.waitUntil(lambda: rig.studio.counted.text() == "2 of 3 clips")
    go_on(rig)
    qtbot.waitUntil(rig.studio.report_button.isVisible)
    assert rig.studio.figures.text() == ("Found 1 of 1 falls, 100 %; false alarms in 0 of 3 clips.")
    assert rig.studio.evaluate_button.text() == "&Evaluate folder"


def test_three_falls_of_three_are_told_with_what_so_few_can_say(
    qtbot: QtBot, rig: Rig, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [clip_result(f"set/{number}", 10.5, fall_s=10.0) for number in range(3)]
    # As the command prints it, in the width that it is given here.
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    print_results(results(*found), console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    code = COUNTING + f"(folder / 'report.html').write_text('')\nprint({text!r})"
    evaluating(qtbot, rig, room, code, monkeypatch)
    go_on(rig)
    qtbot.waitUntil(rig.studio.report_button.isVisible)
    # Exact (Clopper and Pearson): a bootstrap would say 100 % to 100 %.
    assert "Found 3 of 3 falls, 100 % (95 %: 29 % to 100 %)" in rig.studio.figures.text()


def test_an_evaluation_that_fails_says_why(
    qtbot: QtBot, rig: Rig, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = COUNTING + "print('Error: no weights', file=sys.stderr); sys.exit(2)"
    evaluating(qtbot, rig, room, code, monkeypatch)
    go_on(rig)
    qtbot.waitUntil(lambda: rig.studio.figures.text() == "no weights")
    assert not rig.studio.report_button.isVisible()


def test_an_evaluation_can_be_stopped(
    qtbot: QtBot, rig: Rig, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluating(qtbot, rig, room, "import time; time.sleep(60)", monkeypatch)
    rig.studio.evaluate_button.click()
    assert "Broken off" in rig.studio.figures.text()
    assert rig.studio._evaluation is None


def test_single_files_are_not_evaluated(qtbot: QtBot, rig: Rig, room: Path) -> None:
    rig.studio.open_files([room / "Videos" / "a.mp4"])
    qtbot.waitUntil(lambda: len(rig.titles) == 1)
    assert not rig.studio.evaluate_button.isEnabled()
