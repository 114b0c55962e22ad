"""Settings > Phone: what is entered, pairing with a picture, and revoking."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fallwatch.core.message import Message
from fallwatch.settings import Settings, WebSettings
from fallwatch.ui.settings.notify_page import Trial
from fallwatch.ui.settings.phone_page import PhonePage
from fallwatch.ui.settings.settings_dialog import SettingsDialog
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.language import speak
from fallwatch.web.access.devices import Devices
from fallwatch.web.access.pairing import Pairing
from fallwatch.web.access.subscription import Subscription
from fallwatch.web.page_service import PageService


class Served:
    """The page as it is served, without a server."""

    problem: Message | None = None
    push_problem: Message | None = None
    fingerprint = "AB:CD"

    def __init__(self, folder: Path, address: str = "https://10.0.0.2:8765") -> None:
        self.address = address
        self.devices = Devices(folder / "devices.json")
        self.pairing = Pairing()


def opened(qtbot: QtBot, served: Served | None, **web: object) -> PhonePage:
    settings = Settings(web=WebSettings(**web))  # type: ignore[arg-type]
    page = PhonePage(settings, cast("PageService | None", served))
    qtbot.addWidget(page)
    page.show()
    return page


def test_it_is_off_at_first_and_says_what_to_do(qtbot: QtBot, tmp_path: Path) -> None:
    page = opened(qtbot, Served(tmp_path, address=""))
    assert page.values()["web"] == WebSettings()
    assert not page.values()["web"].enabled
    assert not page.pair_button.isEnabled()
    assert "Switch it on" in page.code.text()


def test_a_key_that_cannot_be_used_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    served = Served(tmp_path)
    assert opened(qtbot, served).problem.isHidden()
    served.push_problem = Message("No phone can be notified ({0}).", ("Permission denied",))
    page = opened(qtbot, served)
    assert page.problem.isVisible()
    assert page.problem.text() == "No phone can be notified (Permission denied)."


def test_what_is_entered_is_saved_and_what_is_not_shown_is_kept(qtbot: QtBot) -> None:
    page = opened(qtbot, None, address="https://home.example.org", certificate="c.pem")
    page.enabled.setChecked(True)
    page.reach.setCurrentIndex(page.reach.findData("network"))
    page.port.setValue(9000)
    page.tls.setChecked(False)
    assert page.values()["web"] == WebSettings(
        enabled=True,
        reach="network",
        port=9000,
        tls=False,
        address="https://home.example.org",
        certificate="c.pem",
    )


def test_a_phone_is_paired_by_code_or_picture(qtbot: QtBot, tmp_path: Path) -> None:
    served = Served(tmp_path)
    page = opened(qtbot, served, enabled=True)
    qtbot.mouseClick(page.pair_button, Qt.MouseButton.LeftButton)
    code = "".join(page.code.text().split("enter ")[1][:7].split())
    assert "https://10.0.0.2:8765/pair" in page.code.text()
    assert "AB:CD" in page.code.text()
    assert page.qr.isVisible()
    assert page.qr.grab().toImage().pixelColor(80, 80).isValid()
    assert served.pairing.redeem(code, "10.0.0.7") == "acknowledge"


@pytest.fixture
def language(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    speak(qapp, request.param)
    yield
    speak(qapp, "en")


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("language", ["en", "de"], indirect=True)
def test_with_its_code_shown_the_page_fits_a_small_screen(qtbot: QtBot, tmp_path: Path) -> None:
    served = Served(tmp_path)
    served.fingerprint = ":".join(["AB"] * 32)
    for number in range(5):
        served.devices.add(f"Phone {number}", "look")
    dialog = SettingsDialog(
        Theme(cast("QApplication", QApplication.instance())),
        Settings(web=WebSettings(enabled=True)),
        starts_by_itself=False,
        play=lambda priority: None,
        trial=Trial(lambda answer: None, lambda *_: None),
        phones=cast("PageService", served),
    )
    qtbot.addWidget(dialog)
    dialog.tabs.setCurrentWidget(dialog.phone)
    dialog.resize(800, 560)
    dialog.show()
    dialog.phone.pair_button.click()
    page, seen = dialog.phone, dialog.phone.area.viewport().rect()

    def is_seen(widget: QWidget) -> bool:
        corner = widget.mapTo(dialog.phone.area.viewport(), QPoint(0, 0))
        return seen.contains(QRect(corner, widget.size()))

    qtbot.waitUntil(lambda: is_seen(page.qr) and is_seen(page.code))
    assert (dialog.width(), dialog.height()) == (800, 560), "nothing has made it larger"
    assert dialog.minimumSizeHint().width() <= 800
    # What is further down comes into view with the keyboard, and nothing stands beside the screen.
    page.devices.setFocus(Qt.FocusReason.TabFocusReason)
    page.area.ensureWidgetVisible(page.devices)
    assert is_seen(page.devices)
    assert is_seen(page.revoke_button)


def test_a_device_is_put_out_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    served = Served(tmp_path)
    _, secret = served.devices.add("Anna", "look")
    page = opened(qtbot, served, enabled=True)
    assert "Anna" in page.devices.item(0).text()
    assert "notified" not in page.devices.item(0).text()
    assert not page.revoke_button.isEnabled()
    page.devices.setCurrentRow(0)
    qtbot.mouseClick(page.revoke_button, Qt.MouseButton.LeftButton)
    assert page.devices.count() == 0
    assert served.devices.find(secret) is None


def test_a_phone_that_is_notified_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    served = Served(tmp_path)
    device, _ = served.devices.add("Anna", "look")
    push = Subscription("https://push.example.org/one", "", "", "en")
    served.devices.subscribe(device.device_id, push)
    assert "notified" in opened(qtbot, served, enabled=True).devices.item(0).text()


def test_where_no_phone_reaches_the_page_it_is_said_what_to_choose_first(
    qtbot: QtBot, tmp_path: Path
) -> None:
    served = Served(tmp_path, "https://localhost:8765")
    page = opened(qtbot, served, enabled=True)
    assert "Devices in the same network" in page.code.text()
    page.pair_button.click()
    assert "Devices in the same network" in page.code.text()
    assert "on the phone" not in page.code.text()
    assert not page.qr.isVisible()
    code = page.code.text().split("/pair, ")[1][:7].replace(" ", "")
    assert served.pairing.redeem(code, "127.0.0.1"), "a browser here may be let in"


def test_where_the_page_is_missing_a_caregiver_can_act_on_what_is_said(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fallwatch.ui.settings.phone_page._is_installed", lambda: False)
    page = opened(qtbot, None)
    words = page.code.text()
    assert words.startswith("The page for phones is missing here. Install fallwatch again")
    assert words.index("setup program") < words.index('with pip: pip install "fallwatch[web]"')
