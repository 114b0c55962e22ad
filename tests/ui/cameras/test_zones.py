"""Drawing zones as a person would, with the mouse and with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from fallwatch.core.zones import Zone, ZoneKind
from fallwatch.ui.cameras.zone_dialog import ZoneDialog
from fallwatch.ui.cameras.zone_editor import ZoneEditor
from fallwatch.ui.style.theme import Theme
from tests.ui.fakes import analysis, nameless
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

SQUARE = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6))
BED = Zone(ZoneKind.BED, SQUARE)


@pytest.fixture
def editor(qtbot: QtBot) -> ZoneEditor:
    editor = ZoneEditor()
    qtbot.addWidget(editor)
    editor.resize(800, 600)
    editor.set_analysis(analysis(size=(480, 640)))
    editor.show()
    return editor


def at(editor: ZoneEditor, x: float, y: float) -> QPoint:
    place = editor.place()
    return QPointF(place.left() + x * place.width(), place.top() + y * place.height()).toPoint()


def click(qtbot: QtBot, editor: ZoneEditor, *corners: tuple[float, float]) -> None:
    for corner in corners:
        qtbot.mouseClick(editor, Qt.MouseButton.LeftButton, pos=at(editor, *corner))


def test_clicking_corners_and_the_first_again_makes_a_zone(
    qtbot: QtBot, editor: ZoneEditor
) -> None:
    editor.set_kind(ZoneKind.IGNORE)
    click(qtbot, editor, *SQUARE)
    assert editor.is_drawing
    assert editor.zones == ()
    click(qtbot, editor, SQUARE[0])
    (zone,) = editor.zones
    assert zone.kind is ZoneKind.IGNORE
    assert [tuple(round(v, 2) for v in corner) for corner in zone.corners_norm] == list(SQUARE)
    assert not editor.is_drawing


def test_a_double_click_closes_a_zone(qtbot: QtBot, editor: ZoneEditor) -> None:
    click(qtbot, editor, *SQUARE[:3])
    qtbot.mouseDClick(editor, Qt.MouseButton.LeftButton, pos=at(editor, *SQUARE[2]))
    assert len(editor.zones[0].corners_norm) == 3


def test_a_corner_is_dragged_and_stays_in_the_image(qtbot: QtBot, editor: ZoneEditor) -> None:
    editor.set_zones([BED])
    qtbot.mousePress(editor, Qt.MouseButton.LeftButton, pos=at(editor, 0.6, 0.6))
    qtbot.mouseMove(editor, at(editor, 0.8, 0.9))
    assert editor.zones[0].corners_norm[2] == pytest.approx((0.8, 0.9), abs=0.01)
    qtbot.mouseMove(editor, at(editor, 1.0, 1.0) + QPoint(90, 90))
    qtbot.mouseRelease(editor, Qt.MouseButton.LeftButton)
    assert editor.zones[0].corners_norm[2] == (1.0, 1.0)
    qtbot.mouseMove(editor, at(editor, 0.5, 0.5))
    assert editor.zones[0].corners_norm[2] == (1.0, 1.0)


def test_a_click_inside_chooses_a_zone_and_delete_removes_it(
    qtbot: QtBot, editor: ZoneEditor
) -> None:
    editor.set_zones([BED])
    assert editor.chosen is None
    click(qtbot, editor, (0.4, 0.4))
    assert editor.chosen == 0
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    assert editor.zones == ()


def test_the_keyboard_alone_draws_and_moves_a_zone(qtbot: QtBot, editor: ZoneEditor) -> None:
    key, far = Qt.Key, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(editor, key.Key_Space)
    qtbot.keyClick(editor, key.Key_Right, far)
    qtbot.keyClick(editor, key.Key_Space)
    qtbot.keyClick(editor, key.Key_Down, far)
    qtbot.keyClick(editor, key.Key_Space)
    qtbot.keyClick(editor, key.Key_Left)
    qtbot.keyClick(editor, key.Key_Left, far)
    qtbot.keyClick(editor, key.Key_Space)
    qtbot.keyClick(editor, key.Key_Backspace)
    qtbot.keyClick(editor, key.Key_Return)
    corners = [tuple(round(v, 3) for v in c) for c in editor.zones[0].corners_norm]
    assert corners == [(0.5, 0.5), (0.55, 0.5), (0.55, 0.55)]
    # Pick the last corner up and put it down elsewhere.
    qtbot.keyClick(editor, key.Key_Right, far)
    qtbot.keyClick(editor, key.Key_Space)
    qtbot.keyClick(editor, key.Key_Down, far)
    qtbot.keyClick(editor, key.Key_Space)
    qtbot.keyClick(editor, key.Key_Down, far)
    moved = editor.zones[0].corners_norm[2]
    assert moved == pytest.approx((0.54, 0.6), abs=0.011)


def test_escape_gives_up_a_zone_that_was_begun(qtbot: QtBot, editor: ZoneEditor) -> None:
    click(qtbot, editor, *SQUARE[:2])
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.is_drawing


def test_zones_are_painted_in_their_colours(qtbot: QtBot, editor: ZoneEditor) -> None:
    plain = editor.grab().toImage()
    editor.set_zones([BED])
    drawn = editor.grab().toImage()
    inside, outside = at(editor, 0.25, 0.25), at(editor, 0.9, 0.9)
    assert plain.pixelColor(inside) != drawn.pixelColor(inside)
    assert plain.pixelColor(outside) == drawn.pixelColor(outside)


def test_a_zone_drawn_in_the_dialog_is_saved_and_used_at_once(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench(cameras=[{"name": "Hall", "source": "0"}])
    bench.controller.begin(None)
    bench.window.show()
    bench.window.grid.tiles[0].menu.zones_wanted.emit()
    dialog = bench.window.findChild(ZoneDialog)
    assert isinstance(dialog, ZoneDialog)
    bench.monitors[0].on_analysis(analysis(size=(480, 640)))
    qtbot.waitUntil(lambda: dialog.editor._image is not None)
    click(qtbot, dialog.editor, *SQUARE)
    dialog.accept()
    (monitor,) = bench.monitors
    assert not monitor.stopped
    camera = monitor.rejudged[-1][0].camera
    assert camera is not None
    assert (len(camera.zones), camera.zones[0].kind) == (1, "bed")
    qtbot.waitUntil(lambda: bool(bench.saved))
    assert bench.saved[-1].cameras == (camera,)


def test_the_list_beside_the_image_follows_and_leads(qtbot: QtBot, theme: Theme) -> None:
    dialog = ZoneDialog(theme, "Hall", [BED, Zone(ZoneKind.IGNORE, SQUARE)])
    qtbot.addWidget(dialog)
    assert [dialog.list.item(row).text() for row in range(2)] == ["1. Bed or sofa", "2. Ignored"]
    assert not dialog.remove.isEnabled()
    dialog.list.setCurrentRow(1)
    assert dialog.kind.currentData() == ZoneKind.IGNORE
    dialog.remove.click()
    assert dialog.zones == (BED,)
    assert nameless(dialog) == []


def test_privacy_is_saved_and_used_at_once(qtbot: QtBot, make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(cameras=[{"name": "Hall", "source": "0"}])
    bench.controller.begin(None)
    menu = bench.window.grid.tiles[0].menu
    next(a for a in menu._modes.actions() if a.data() == "blur").trigger()
    qtbot.waitUntil(lambda: len(bench.monitors) == 2)
    camera = bench.monitors[1].choice.camera
    assert camera is not None
    assert camera.privacy == "blur"
    assert [a.data() for a in menu._modes.actions() if a.isChecked()] == ["blur"]


def test_a_bed_gets_a_notice_with_mouse_and_keys(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    bed = {"kind": "bed", "corners_norm": SQUARE}
    mirror = {"kind": "ignore", "corners_norm": [[0.7, 0.7], [0.9, 0.7], [0.9, 0.9]]}
    bench = make_bench(cameras=[{"name": "Hall", "source": "0", "zones": [bed, mirror]}])
    bench.controller.begin(None)
    bench.window.show()
    bench.window.grid.tiles[0].menu.zones_wanted.emit()
    dialog = bench.window.findChild(ZoneDialog)
    assert isinstance(dialog, ZoneDialog)
    notice = dialog.notice
    assert nameless(dialog) == []
    # Nothing is chosen, then a mirror: there is no bed to get out of.
    assert not notice.wanted.isEnabled()
    click(qtbot, dialog.editor, (0.85, 0.75))
    assert not notice.wanted.isEnabled()
    click(qtbot, dialog.editor, (0.4, 0.4))
    assert notice.wanted.isEnabled()
    assert not notice.wanted.isChecked()
    assert not notice.minutes.isEnabled()
    qtbot.keyClick(notice.wanted, Qt.Key.Key_Space)
    assert notice.minutes.isEnabled()
    notice.minutes.selectAll()
    qtbot.keyClicks(notice.minutes, "15")
    assert (dialog.zones[0].exit_after_s, dialog.zones[0].exit_hours) == (900.0, "22:00-06:00")
    notice.begin.setSelectedSection(notice.begin.Section.HourSection)
    qtbot.keyClick(notice.begin, Qt.Key.Key_Down)
    # Another zone is looked at, and this one again: what was entered is there.
    dialog.list.setCurrentRow(1)
    dialog.list.setCurrentRow(0)
    assert (notice.minutes.value(), notice.night.isChecked()) == (15, True)
    dialog.accept()
    qtbot.waitUntil(lambda: bool(bench.saved))
    (camera,) = bench.saved[-1].cameras
    assert [(zone.exit_after_s, zone.exit_hours) for zone in camera.zones] == [
        (900.0, "21:00-06:00"),
        (0.0, ""),
    ]
    # The camera stays open.
    assert not bench.monitors[0].stopped
    assert bench.monitors[0].rejudged[-1][0].camera == camera


def test_a_notice_all_day_and_one_that_is_switched_off(qtbot: QtBot, theme: Theme) -> None:
    dialog = ZoneDialog(theme, "Hall", [replace(BED, exit_after_s=90.0, exit_hours="20:00-08:00")])
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.list.setCurrentRow(0)
    # Seconds of the settings file stay as they are until somebody enters minutes.
    assert dialog.zones[0].exit_after_s == 90.0
    qtbot.keyClick(dialog.notice.night, Qt.Key.Key_Space)
    assert (dialog.zones[0].exit_after_s, dialog.zones[0].exit_hours) == (90.0, "")
    qtbot.keyClick(dialog.notice.wanted, Qt.Key.Key_Space)
    assert (dialog.zones[0].exit_after_s, dialog.zones[0].exit_hours) == (0.0, "")
