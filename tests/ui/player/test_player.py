"""Playing recorded clips."""

from __future__ import annotations

import shutil
import threading
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
from fallwatch.ui.player.reader import ClipLoader, Still
from fallwatch.ui.style.theme import Theme
from tests.waiting import PATIENCE_S, FakeClock

FPS, COUNT = 10, 60


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds; each frame is a little brighter than the one before."""
    path = tmp_path_factory.mktemp("clips") / "a.mp4"
    with ClipWriter(path) as writer:
        for index in range(COUNT):
            writer.write(index / FPS, np.full((48, 64, 3), index * 4, np.uint8))
    return path


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def player(qtbot: QtBot, theme: Theme, clock: FakeClock) -> Iterator[ClipPlayer]:
    player = ClipPlayer(theme, monotonic=clock)
    qtbot.addWidget(player)
    player.resize(600, 500)
    player.show()
    yield player
    player.close_clip()


def shade(player: ClipPlayer) -> float:
    assert player.view.image is not None
    return float(player.view.image.pixelColor(5, 5).red())


def pass_time(qtbot: QtBot, player: ClipPlayer, clock: FakeClock, seconds: float) -> None:
    """Let the clock go on by so much, and the player see it."""
    clock.advance(seconds)
    tick(qtbot, player)


def tick(qtbot: QtBot, player: ClipPlayer) -> None:
    """Let the player take over what was decoded, and ask for what is due."""
    with qtbot.waitSignal(player._timer.timeout):
        pass


def opened(
    qtbot: QtBot, player: ClipPlayer, clip: Path, marks: PlayerMarks | None = None
) -> ClipPlayer:
    player.open(clip, marks)
    qtbot.waitUntil(lambda: player.view.image is not None)
    return player


# Reading


@pytest.mark.parametrize("time_s", [0.0, 0.05, 2.0, 5.9, 3.14, 3.1, 1.0, 4.99, 99.0, -1.0])
def test_the_frame_of_any_time_can_be_had(clip: Path, time_s: float) -> None:
    reader = ClipLoader(clip)
    reader.at(3.0)
    still = reader.at(time_s)
    expected = min(max(int(time_s * FPS + 1e-6), 0), COUNT - 1)
    assert still.time_s == pytest.approx(expected / FPS, abs=0.002)
    assert still.image_bgr.mean() == pytest.approx(expected * 4, abs=4)
    reader.close()


def test_stepping_gives_every_frame_forwards_and_backwards(clip: Path) -> None:
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


def test_a_clip_opens_paused_at_its_first_frame(
    qtbot: QtBot, player: ClipPlayer, clip: Path
) -> None:
    opened(qtbot, player, clip)
    assert not player.is_playing
    assert shade(player) == pytest.approx(0, abs=4)
    qtbot.waitUntil(lambda: player.place.text().startswith("0:00 / 0:05"))


def test_play_pause_and_the_end(
    qtbot: QtBot, player: ClipPlayer, clip: Path, clock: FakeClock
) -> None:
    opened(qtbot, player, clip)
    player.speed.setCurrentIndex(SPEEDS.index(8.0))
    with qtbot.waitSignal(player.finished):
        qtbot.mouseClick(player.play_button, Qt.MouseButton.LeftButton)
        assert player.play_button.text() == "&Pause"
        clock.advance(6.0 / 8)
    assert not player.is_playing
    qtbot.waitUntil(lambda: player.time_s == pytest.approx(5.9, abs=0.01))
    player.play()
    clock.advance(2.0 / 8)
    qtbot.waitUntil(lambda: player.time_s == pytest.approx(2.0, abs=0.11))
    player.pause()
    pass_time(qtbot, player, clock, 1.0)
    tick(qtbot, player)
    assert player.time_s == pytest.approx(2.0, abs=0.11)


@pytest.mark.parametrize("factor", [0.5, 1.0, 4.0])
def test_it_keeps_the_speed_that_was_asked_for(
    qtbot: QtBot, player: ClipPlayer, clip: Path, clock: FakeClock, factor: float
) -> None:
    opened(qtbot, player, clip)
    player.speed.setCurrentIndex(SPEEDS.index(factor))
    player.play()
    for passed_s in (0.4, 0.8, 1.2):
        clock.advance(0.4)
        # The frame that is shown at this time began at most 0.1 s earlier.
        qtbot.waitUntil(
            lambda expected_s=passed_s * factor: (  # type: ignore[misc]
                expected_s - 0.1 <= player.time_s + 0.01 and player.time_s <= expected_s + 0.01
            )
        )


def test_steps_go_one_frame_on_and_back(qtbot: QtBot, player: ClipPlayer, clip: Path) -> None:
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


def test_what_cannot_be_played_is_said_in_the_image(
    qtbot: QtBot, player: ClipPlayer, tmp_path: Path
) -> None:
    with qtbot.waitSignal(player.failed):
        player.open(tmp_path / "gone.mp4")
    assert "gone.mp4" in player.view.words
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
    for _ in range(3):
        tick(qtbot, player)
    assert player.time_s == 0.0


def test_the_window_does_not_wait_while_a_clip_is_decoded(
    qtbot: QtBot,
    player: ClipPlayer,
    demo_fall: Path,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    decode = ClipLoader.at

    def decode_late(reader: ClipLoader, time_s: float) -> Still:
        begun.set()
        assert go_on.wait(PATIENCE_S)
        return decode(reader, time_s)

    opened(qtbot, player, demo_fall)
    monkeypatch.setattr(ClipLoader, "at", decode_late)
    player.play()
    clock.advance(3.0)
    # On the window's own thread nothing would go on any more from here.
    qtbot.waitUntil(begun.is_set)
    for _ in range(3):
        pass_time(qtbot, player, clock, 0.1)
    assert player.is_playing
    assert player.time_s == 0.0
    go_on.set()
    qtbot.waitUntil(lambda: player.time_s > 2.9)


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


def test_as_fast_as_possible_waits_for_no_clock(
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
    # The clock stands still: at any other speed it would never get there.
    with qtbot.waitSignal(player.finished):
        player.play()
    assert shown == sorted(shown)
    assert shown[-1] == pytest.approx(39.9, abs=0.01)
    assert not player.is_playing
    with qtbot.waitSignal(player.finished):
        player.play()
    assert min(shown[-20:]) < 30, "it began again"
