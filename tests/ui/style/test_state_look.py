"""How a state is told: "Monitoring" only with a fresh analysed frame."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from fallwatch.core.message import Message
from fallwatch.pipeline.health.faults import (
    ANALYSIS_SLOW,
    CAMERA_BLOCKED,
    CAMERA_FROZEN,
    CAMERA_LATE,
    CAMERA_LOST,
)
from fallwatch.pipeline.health.status import Fault
from fallwatch.pipeline.monitor import MonitorState
from fallwatch.runtime.views.state_look import FRESH_S, look_of, nothing_open
from fallwatch.ui.rooms.room_tile import RoomTile
from fallwatch.ui.style.theme import Theme
from tests.ui.fakes import RUNNING, status


@pytest.mark.parametrize("state", MonitorState)
@pytest.mark.parametrize("age_s", [None, 0.1, FRESH_S + 0.1])
def test_monitoring_is_said_only_while_running_with_a_fresh_frame(
    state: MonitorState, age_s: float | None
) -> None:
    look = look_of(status(state, age_s))
    expected = state is MonitorState.RUNNING and age_s == 0.1
    assert look.monitoring is expected
    assert (str(look.title) == "Monitoring") is expected


def test_every_state_has_words_and_all_that_differ_in_meaning_a_shape_of_their_own() -> None:
    looks = [look_of(status(state, 0.1)) for state in MonitorState]
    assert len({look.title for look in looks}) == len(looks)
    shapes = {str(look.title): look.icon for look in looks}
    titles = ("Monitoring", "Starting", "No image", "Failed", "Clip ended", "Stopped")
    assert len({shapes[title] for title in titles}) == len(titles)


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (CAMERA_FROZEN, "Image frozen"),
        (CAMERA_BLOCKED, "Image dark or blocked"),
        (CAMERA_LATE, "Images arrive late"),
        (CAMERA_LOST, "No image"),
    ],
)
def test_images_that_come_and_are_good_for_nothing_are_called_what_they_are(
    kind: str, title: str
) -> None:
    stalled = status(MonitorState.STALLED, 0.1, "Look at it.")
    look = look_of(replace(stalled, faults=(Fault(kind, Message("Look at it.")),)))
    assert (str(look.title), str(look.detail), look.monitoring) == (title, "Look at it.", False)


def test_running_with_an_old_frame_says_how_old_it_is() -> None:
    look = look_of(status(MonitorState.RUNNING, 7.0))
    assert str(look.title) == "No fresh image"
    assert "7 s" in str(look.detail)


@pytest.mark.parametrize(
    ("fps", "still", "monitoring"),
    [(4.0, False, True), (3.9, False, False), (0.3, False, False), (1.0, True, True)],
)
def test_too_few_frames_are_no_monitoring_while_somebody_is_in_view(
    fps: float, still: bool, monitoring: bool
) -> None:
    look = look_of(replace(RUNNING, analysed_fps=fps, is_still=still))
    assert (look.monitoring, look.live) == (monitoring, True)
    assert (look.mood == "calm") is monitoring
    assert str(look.title) == ("Monitoring" if monitoring else "Analysis too slow")


def test_after_the_first_frame_alone_a_room_still_starts() -> None:
    look = look_of(replace(RUNNING, analysed_fps=0.0))
    assert (str(look.title), look.monitoring, look.live) == ("Starting", False, True)
    slow = Fault(ANALYSIS_SLOW, Message("Close other programs."))
    look = look_of(replace(RUNNING, analysed_fps=0.0, faults=(slow,)))
    assert str(look.title) == "Analysis too slow"


def test_no_room_is_green_while_a_fault_lasts() -> None:
    slow = Fault(ANALYSIS_SLOW, Message("Close other programs."))
    look = look_of(replace(RUNNING, faults=(slow,)))
    assert (str(look.title), str(look.detail)) == ("Analysis too slow", "Close other programs.")
    assert (look.monitoring, look.mood) == (False, "watch")


def test_the_tile_says_it_in_every_place(qtbot: QtBot, theme: Theme) -> None:
    tile = RoomTile(theme)
    qtbot.addWidget(tile)
    tile.resize(800, 500)
    tile.show()
    tile.show_status(RUNNING)
    assert tile.chip.text == "Monitoring"
    assert tile.freshness.text() == "Last image looked at 0.1 s ago"
    tile.resize(300, 240)
    assert tile.freshness.text() == "0.1 s ago"
    tile.show_status(status(MonitorState.FAULTED, message="The camera was unplugged."))
    assert tile.chip.text == "Failed"
    assert tile.freshness.text() == ""
    assert "The camera was unplugged." in tile.video.accessibleDescription()


def test_the_busy_bar_shows_only_while_something_is_prepared(qtbot: QtBot, theme: Theme) -> None:
    tile = RoomTile(theme)
    qtbot.addWidget(tile)
    tile.show()
    assert nothing_open().busy is False
    assert not tile.busy.isVisible()
    tile.show_status(status(MonitorState.STARTING))
    assert tile.busy.isVisible()
    assert "Getting ready" in tile.video.accessibleDescription()
    tile.show_status(RUNNING)
    assert not tile.busy.isVisible()


def test_a_narrow_tile_says_its_state_in_words_and_a_tool_tip(qtbot: QtBot, theme: Theme) -> None:
    tile = RoomTile(theme)
    qtbot.addWidget(tile)
    tile.name.setText("A living room with a long name")
    tile.show_status(RUNNING)
    tile.resize(200, 200)
    tile.show()
    assert tile.chip.is_short
    assert tile.freshness.text() == "Monitoring · 0.1 s ago"
    assert tile.chip.toolTip() == "Monitoring"
    lost = status(MonitorState.FAULTED, message="It is unplugged.")
    tile.show_status(lost)
    assert tile.chip.toolTip() == "Failed\nIt is unplugged."
    tile.resize(700, 400)
    tile.show_status(RUNNING)
    assert not tile.chip.is_short
    assert tile.freshness.text() == "Last image looked at 0.1 s ago"


def test_a_short_name_leaves_place_for_the_words_of_the_state(qtbot: QtBot, theme: Theme) -> None:
    tile = RoomTile(theme)
    qtbot.addWidget(tile)
    tile.name.setText("Hall")
    tile.show_status(RUNNING)
    tile.resize(250, 200)
    tile.show()
    assert not tile.chip.is_short
    tile.resize(130, 200)
    assert tile.chip.is_short
