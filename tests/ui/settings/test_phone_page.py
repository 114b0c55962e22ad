"""Settings > Phone: what is entered, pairing with a picture, and revoking."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fallwatch.settings import Settings, WebSettings
from fallwatch.ui.settings.phone_page import PhonePage
from fallwatch.web.access.devices import Devices
from fallwatch.web.access.pairing import Pairing
from fallwatch.web.page_service import PageService


class Served:
    """The page as it is served, without a server."""

    problem = None
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
    assert served.pairing.redeem(code) == "acknowledge"


def test_a_device_is_put_out_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    served = Served(tmp_path)
    _, secret = served.devices.add("Anna", "look")
    page = opened(qtbot, served, enabled=True)
    assert "Anna" in page.devices.item(0).text()
    assert not page.revoke_button.isEnabled()
    page.devices.setCurrentRow(0)
    qtbot.mouseClick(page.revoke_button, Qt.MouseButton.LeftButton)
    assert page.devices.count() == 0
    assert served.devices.find(secret) is None
