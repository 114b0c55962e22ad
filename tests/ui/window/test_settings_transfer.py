"""Settings go to another computer and come from one, without secrets and without its PIN."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from fallwatch.settings import Settings, WebSettings, load_settings
from fallwatch.ui.window.settings_transfer import SettingsTransfer
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]


@pytest.fixture
def before() -> list[Settings]:
    return []


@pytest.fixture
def bench(make_bench: Callable[..., Bench], before: list[Settings]) -> Bench:
    bench = make_bench(cameras=[{"name": "Hall", "source": "0"}], pin="pbkdf2$aa$bb")
    SettingsTransfer(bench.window, bench.preferences, bench.tasks, before.append)
    return bench


def test_what_is_written_can_be_taken_over(
    qtbot: QtBot, bench: Bench, before: list[Settings], tmp_path: Path
) -> None:
    path = tmp_path / "settings.toml"
    transfer = bench.window.findChild(SettingsTransfer)
    assert isinstance(transfer, SettingsTransfer)
    transfer.write(path)
    qtbot.waitUntil(lambda: "settings.toml" in bench.window.messages.text)
    assert "pbkdf2" not in path.read_text(encoding="utf-8")
    bench.preferences.change(cameras=(), sensitivity="high")
    transfer.read(path)
    qtbot.waitUntil(lambda: bool(before))
    now = bench.preferences.current
    assert [camera.name for camera in now.cameras] == ["Hall"]
    assert (now.sensitivity, now.pin) == ("normal", "pbkdf2$aa$bb")
    assert before[0].sensitivity == "high"


def test_a_file_of_settings_opens_no_page_to_the_network(
    qtbot: QtBot, bench: Bench, before: list[Settings], tmp_path: Path
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        'sensitivity = "low"\n[web]\nenabled = true\nreach = "network"\ntls = false\n',
        encoding="utf-8",
    )
    transfer = bench.window.findChild(SettingsTransfer)
    assert isinstance(transfer, SettingsTransfer)
    transfer.read(path)
    qtbot.waitUntil(lambda: bool(before))
    assert bench.preferences.current.sensitivity == "low"
    assert bench.preferences.current.web == WebSettings()
    assert "The page for phones stays as it was" in bench.window.messages.text
    bench.preferences.change(web=WebSettings(enabled=True, reach="network"))
    transfer.write(tmp_path / "mine.toml")
    qtbot.waitUntil(lambda: "mine.toml" in bench.window.messages.text)
    assert load_settings(tmp_path / "mine.toml")[0].web == WebSettings()


def test_of_a_file_with_faults_nothing_is_taken_over(
    qtbot: QtBot, bench: Bench, before: list[Settings], tmp_path: Path
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('sensitivity = "low"\nanalysis_fps = 900.0\n', encoding="utf-8")
    transfer = bench.window.findChild(SettingsTransfer)
    assert isinstance(transfer, SettingsTransfer)
    transfer.read(path)
    qtbot.waitUntil(lambda: "Nothing was taken over" in bench.window.messages.text)
    assert before == []
    assert bench.preferences.current.sensitivity == "normal"


@pytest.mark.parametrize("words", ["&Export settings…", "&Import settings…"])
def test_the_menu_asks_for_a_file(bench: Bench, words: str) -> None:
    (action,) = [each for each in bench.window.findChildren(QAction) if each.text() == words]
    action.trigger()
    (dialog,) = bench.window.findChildren(QFileDialog)
    dialog.reject()
