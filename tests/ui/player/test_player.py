"""Playing recorded clips."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from fallwatch.core.protocols import SourceError
from fallwatch.recording.clip_writer import ClipWriter
from fallwatch.recording.evidence_track import EvidenceTrack, Point
from fallwatch.ui.player.marks import Mark, PlayerMarks
from fallwatch.ui.player.player import FASTEST, SPEEDS, ClipPlayer
from fallwatch.ui.player.reader import ClipLoader
from fallwatch.ui.style.theme import Theme

FPS, COUNT = 10, 60


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds; each picture is a little brighter than the one before."""
    path = tmp_path_factory.mktemp("clips") / "a.mp4"
    with ClipWriter(path) as writer:
        for index in range(COUNT):
            writer.write(index / FPS, np.full((48, 64, 3), index * 4, np.uint8))
    return path


@pytest.fixture
def player(qtbot: QtBot, theme: Theme) -> Iterator[ClipPlayer]:
    player = ClipPlayer(theme)
    qtbot.addWidget(player)
    player.resize(600, 500)
    player.show()
    yield player
    player.close_clip()


def shade(player: ClipPlayer) -> float:
    assert player.picture.image is not None
    return float(player.picture.image.pixelColor(5, 5).red())


def opened(
    qtbot: QtBot, player: ClipPlayer, clip: Path, marks: PlayerMarks | None = None
) -> ClipPlayer:
    player.open(clip, marks)
    qtbot.waitUntil(lambda: player.picture.image is not None)
    return player


# Reading


@pytest.mark.parametrize("time_s", [0.0, 0.05, 2.0, 5.9, 3.14, 3.1, 1.0, 4.99, 99.0, -1.0])
def test_the_picture_of_any_time_can_be_had(clip: Path, time_s: float) -> None:
    reader = ClipLoader(clip)
    reader.at(3.0)
    still = reader.at(time_s)
    expected = min(max(int(time_s * FPS + 1e-6), 0), COUNT - 1)
    assert still.time_s == pytest.approx(expected / FPS, abs=0.002)
    assert still.image_bgr.mean() == pytest.approx(expected * 4, abs=4)
    reader.close()


def test_stepping_gives_every_picture_forwards_and_backwards(clip: Path) -> None:
    reader = ClipLoader(clip)
    times = [reader.at(0.0).time_s]
    while (still := reader.after()) is not None:
        times.append(still.time_s)
    assert times == pytest.approx([index / FPS for index in range(COUNT)], abs=0.002)
    back = [reader.before().time_s for _ in range(COUNT)]
    assert back == pytest.approx([*times[-2::-1], 0.0], abs=0.002)
    reader.close()


def test_a_clip_that_was_cut_off_plays_as_far_as_it_goes(clip: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[: clip.stat().st_size * 2 // 3])
    reader = ClipLoader(cut)
    last = reader.at(99.0)
    assert 1.0 < last.time_s < 6.0
    assert reader.at(0.5).time_s == pytest.approx(0.5, abs=0.002)
    reader.close()


@pytest.mark.parametrize("content", [None, b"", b"no video at all" * 100])
def test_what_is_no_clip_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=r"broken\.mp4"):
        ClipLoader(path)


# The widget


def test_a_clip_opens_paused_at_its_first_picture(
    qtbot: QtBot, player: ClipPlayer, clip: Path
) -> None:
    opened(qtbot, player, clip)
    assert not player.is_playing
    assert shade(player) == pytest.approx(0, abs=4)
    qtbot.waitUntil(lambda: player.place.text().startswith("0:00 / 0:05"))


def test_play_pause_and_the_end(qtbot: QtBot, player: ClipPlayer, clip: Path) -> None:
    opened(qtbot, player, clip)
    player.speed.setCurrentIndex(SPEEDS.index(8.0))
    with qtbot.waitSignal(player.finished, timeout=5000):
        qtbot.mouseClick(player.play_button, Qt.MouseButton.LeftButton)
        assert player.play_button.text() == "&Pause"
    assert not player.is_playing
    qtbot.waitUntil(lambda: player.time_s == pytest.approx(5.9, abs=0.01))
    player.play()
    qtbot.waitUntil(lambda: 0 < player.time_s < 4)
    player.pause()


@pytest.mark.parametrize("factor", [0.5, 1.0, 4.0])
def test_it_keeps_the_speed_that_was_asked_for(
    qtbot: QtBot, player: ClipPlayer, clip: Path, factor: float
) -> None:
    opened(qtbot, player, clip)
    player.speed.setCurrentIndex(SPEEDS.index(factor))
    player.play()
    began_s = time.monotonic()
    qtbot.wait(900)
    player.pause()
    expected_s = (time.monotonic() - began_s) * factor
    assert player.time_s == pytest.approx(expected_s, abs=0.25 * max(1.0, factor))


def test_steps_go_one_picture_on_and_back(qtbot: QtBot, player: ClipPlayer, clip: Path) -> None:
    opened(qtbot, player, clip)
    player.forward_button.click()
    qtbot.waitUntil(lambda: player.time_s == pytest.approx(0.1, abs=0.01))
    player.forward_button.click()
    qtbot.waitUntil(lambda: player.time_s == pytest.approx(0.2, abs=0.01))
    player.back_button.click()
    qtbot.waitUntil(lambda: player.time_s == pytest.approx(0.1, abs=0.01))
    assert shade(player) == pytest.approx(4, abs=3)


def test_a_click_on_the_timeline_and_the_arrow_keys_go_to_another_place(
    qtbot: QtBot, player: ClipPlayer, clip: Path
) -> None:
    opened(qtbot, player, clip)
    line = player.timeline
    qtbot.waitUntil(lambda: line.length_s > 5)
    x = round(line.x_of(3.0))
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(x, 20))
    qtbot.waitUntil(lambda: player.time_s == pytest.approx(3.0, abs=0.11))
    before_s = player.time_s
    qtbot.keyClick(line, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: player.time_s == pytest.approx(before_s + 1.0, abs=0.11))
    qtbot.keyClick(line, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: player.time_s == 0.0)


def test_the_evidence_is_drawn_and_told_at_the_place_one_is(
    qtbot: QtBot, player: ClipPlayer, clip: Path
) -> None:
    points = tuple(Point(index / 10, 0.5, 0.75) for index in range(60))
    track = EvidenceTrack(2.0, points)
    before = player.timeline.grab().toImage()
    opened(qtbot, player, clip, PlayerMarks.of_event(track, "Fall"))
    assert player.timeline.grab().toImage() != before
    qtbot.waitUntil(lambda: "p(fall) 0.50, score 0.75" in player.place.text())


def test_what_cannot_be_played_is_said_in_the_picture(
    qtbot: QtBot, player: ClipPlayer, tmp_path: Path
) -> None:
    with qtbot.waitSignal(player.failed, timeout=5000):
        player.open(tmp_path / "gone.mp4")
    assert "gone.mp4" in player.picture.words
    player.play()
    assert not player.is_playing


def test_another_clip_takes_the_place_of_the_first(
    qtbot: QtBot, player: ClipPlayer, clip: Path, tmp_path: Path
) -> None:
    other = tmp_path / "b.mp4"
    shutil.copy(clip, other)
    opened(qtbot, player, clip)
    player.seek(5.0)
    opened(qtbot, player, other)
    qtbot.wait(100)
    assert player.time_s == 0.0


def test_the_window_stays_quick_while_a_clip_is_decoded(
    qtbot: QtBot, player: ClipPlayer, demo_fall: Path
) -> None:
    opened(qtbot, player, demo_fall)
    player.speed.setCurrentIndex(SPEEDS.index(8.0))
    player.play()
    longest_s, last_s = 0.0, time.monotonic()
    until_s = last_s + 1.2
    while last_s < until_s:
        qtbot.wait(5)
        now_s = time.monotonic()
        longest_s, last_s = max(longest_s, now_s - last_s), now_s
    player.pause()
    assert longest_s < 0.25, "one slow decode would hold it longer"


def test_marks_know_their_holes_and_their_end() -> None:
    marks = PlayerMarks(
        points=(Point(0, 0, 0), Point(0.5, 0, 0), Point(4.0, 1, 1)),
        alarms=(Mark(9.0, "Fall"),),
        falls_s=((3.0, 4.0),),
    )
    assert [len(run) for run in marks.runs()] == [2, 1]
    assert marks.end_s == 9.0
    assert marks.at(0.7) == Point(0.5, 0, 0)
    assert marks.at(2.0) is None
    assert marks.at(-1.0) is None


def test_as_fast_as_possible_reaches_the_end_sooner_than_eight_times(
    qtbot: QtBot, player: ClipPlayer, tmp_path: Path
) -> None:
    path = tmp_path / "long.mp4"
    with ClipWriter(path) as writer:
        for index in range(400):
            writer.write(index / FPS, np.full((48, 64, 3), index // 2, np.uint8))
    opened(qtbot, player, path)
    player.speed.setCurrentIndex(player.speed.findData(FASTEST))
    shown: list[float] = []
    player.moved.connect(shown.append)
    began_s = time.monotonic()
    with qtbot.waitSignal(player.finished):
        player.play()
    assert time.monotonic() - began_s < 40 / 8
    assert shown == sorted(shown)
    assert shown[-1] == pytest.approx(39.9, abs=0.01)
    assert not player.is_playing
    with qtbot.waitSignal(player.finished):
        player.play()
    assert min(shown[-20:]) < 30, "it began again"
