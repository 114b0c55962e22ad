"""Where a PIN is set, nobody changes, blinds or removes a room without it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.cameras.camera_dialog import CameraDialog
from fallwatch.ui.cameras.zone_dialog import ZoneDialog
from fallwatch.ui.pin.pin import hashed
from fallwatch.ui.pin.pin_gate import PinDialog, PinGate
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.window.camera_controller import CameraController
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, make_bench: Callable[..., Bench]) -> Bench:
    bench = make_bench(cameras=[{"name": "Hall", "source": "0"}], pin=hashed("2468"))
    bench.rooms.blockSignals(True)
    for signal in (
        bench.rooms.edit_wanted,
        bench.rooms.remove_wanted,
        bench.rooms.zones_wanted,
        bench.rooms.privacy_chosen,
    ):
        signal.disconnect()
    bench.rooms.blockSignals(False)
    bench.window.camera_wanted.disconnect()
    bench.cameras = CameraController(
        bench.window,
        theme,
        bench.rooms,
        bench.preferences,
        bench.passwords,
        bench.tasks,
        Bridge(bench.window),
        lambda: [],
        gate=PinGate(bench.window, theme, bench.preferences),
    )
    bench.window.show()
    bench.cameras.begin()
    return bench


@pytest.mark.parametrize(
    ("wish", "dialog"),
    [
        ("edit_wanted", CameraDialog),
        ("remove_wanted", QMessageBox),
        ("zones_wanted", ZoneDialog),
    ],
)
def test_a_room_s_menu_asks_first(bench: Bench, wish: str, dialog: type) -> None:
    menu = bench.rooms.all[0].tile.menu
    getattr(menu, wish).emit()
    assert not bench.window.findChildren(dialog)
    (pin,) = bench.window.findChildren(PinDialog)
    pin.field.setText("2468")
    pin.accept()
    assert bench.window.findChildren(dialog)
    bench.window.findChildren(dialog)[0].reject()


def test_privacy_stays_as_it_was_until_the_pin_is_right(bench: Bench) -> None:
    menu = bench.rooms.all[0].tile.menu
    skeleton = next(a for a in menu.privacy_actions if a.data() == "skeleton")
    skeleton.trigger()
    (pin,) = bench.window.findChildren(PinDialog)
    assert not skeleton.isChecked()
    assert bench.preferences.current.cameras[0].privacy == "off"
    pin.field.setText("2468")
    pin.accept()
    assert bench.preferences.current.cameras[0].privacy == "skeleton"
    assert skeleton.isChecked()
