"""The settings page of the page for phones: on or off, who reaches it, and who is let in."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from fallwatch.settings import Settings, WebSettings
from fallwatch.ui.settings.settings_pages import Page
from fallwatch.ui.style.dialog_parts import ROW_GAP_PX
from fallwatch.ui.style.fields import ComboBox
from fallwatch.ui.text.plain_text import plain_label
from fallwatch.ui.text.times import clock, local_now
from fallwatch.ui.text.translate import translate
from fallwatch.web.access.devices import Device, Role
from fallwatch.web.page_service import PageService, is_local_address
from fallwatch.web.translations import INSTALL

#: Side of the code's picture, in logical pixels: large enough for a phone at arm's length.
_QR_PX = 168

#: White around the code, in its modules (ISO/IEC 18004 wants four).
_QUIET_MODULES = 4


class QrCode(QWidget):
    """A QR code, dark on light whatever the window's colours: phones read no other."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(_QR_PX, _QR_PX)
        self.setAccessibleName(self.tr("The same as a picture for the phone's camera"))
        self._rows: list[list[bool]] = []

    def show_text(self, text: str) -> None:
        """Show a text.

        Raises:
            ModuleNotFoundError: ``segno`` is not installed.
        """
        import segno

        self._rows = [[bool(cell) for cell in row] for row in segno.make_qr(text).matrix]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the modules."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        if self._rows:
            module = self.width() / (len(self._rows) + 2 * _QUIET_MODULES)
            for y, row in enumerate(self._rows):
                for x, dark in enumerate(row):
                    if dark:
                        left, top = (each + _QUIET_MODULES for each in (x, y))
                        # A little larger, so that no light line is left between two.
                        size = module + 0.5
                        painter.fillRect(
                            QRectF(left * module, top * module, size, size), QColor("black")
                        )
        painter.end()


class PhonePage(Page):
    """Nothing but pairing and revoking takes effect before the settings are saved.

    Args:
        settings: What holds now.
        service: The page as it is served at this moment; None where there is none.
    """

    def __init__(self, settings: Settings, service: PageService | None = None) -> None:
        super().__init__()
        self._web, self._service = settings.web, service
        self.enabled = QCheckBox(self.tr("&Show rooms and alarms on phones, in their browser"))
        self.enabled.setChecked(settings.web.enabled)
        self.form.addRow(self.enabled)
        self.reach = ComboBox()
        self.reach.addItem(self.tr("Programs on this computer alone"), "computer")
        self.reach.addItem(self.tr("Devices in the same network"), "network")
        self.reach.setCurrentIndex(self.reach.findData(settings.web.reach))
        self.form.addRow(self.tr("&Who can reach it"), self.reach)
        self.port = self.number(WebSettings, "port", self.tr("&Port"), "", settings.web.port)
        self.tls = QCheckBox(
            self.tr("&Encrypt (phones warn once, until you trust its certificate)")
        )
        self.tls.setChecked(settings.web.tls)
        self.form.addRow(self.tls)
        self.hint(
            self.tr(
                "From outside of the house reach it by a VPN such as Tailscale or WireGuard. Never "
                "forward this port in the router."
            )
        )
        self.pair_button = QPushButton(self.tr("Pair a p&hone…"))
        self.pair_button.setAutoDefault(False)
        self.pair_button.clicked.connect(self.pair)
        self.role = ComboBox()
        self.role.setAccessibleName(self.tr("What the new phone may do"))
        for role, words in self._roles().items():
            self.role.addItem(words, role)
        self.role.setCurrentIndex(self.role.findData("acknowledge"))
        row = QHBoxLayout()
        row.setSpacing(ROW_GAP_PX)
        row.addWidget(self.role)
        row.addWidget(self.pair_button)
        row.addStretch(1)
        self.form.addRow(row)
        self.code = plain_label()
        self.code.setWordWrap(True)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.qr = QrCode()
        self.qr.hide()
        code_row = QHBoxLayout()
        code_row.setSpacing(16)
        code_row.addWidget(self.qr)
        code_row.addWidget(self.code, 1)
        self.form.addRow(code_row)
        self.devices = QListWidget()
        self.devices.setAccessibleName(self.tr("Devices that are let in"))
        self.devices.setMinimumHeight(60)
        self.revoke_button = QPushButton(self.tr("&Revoke"))
        self.revoke_button.setAutoDefault(False)
        self.revoke_button.clicked.connect(self.revoke)
        self.devices.currentItemChanged.connect(self._enable)
        row = QHBoxLayout()
        row.setSpacing(ROW_GAP_PX)
        row.addWidget(self.devices, 1)
        row.addWidget(self.revoke_button, 0, Qt.AlignmentFlag.AlignTop)
        self.form.addRow(QLabel(self.tr("Devices that are let in")))
        self.form.addRow(row)
        self.problem = plain_label()
        self.problem.setWordWrap(True)
        self.form.addRow(self.problem)
        self._show_devices()
        self._say()

    def values(self) -> dict[str, Any]:
        """What is entered, as values of the settings."""
        changes = {
            "enabled": self.enabled.isChecked(),
            "reach": self.reach.currentData(),
            "port": self.port.value(),
            "tls": self.tls.isChecked(),
        }
        return {"web": self._web.model_copy(update=changes)}

    def pair(self) -> None:
        """Show a code that lets one phone in."""
        service = self._service
        if service is None or not service.address:
            return
        role: Role = self.role.currentData()
        code = service.pairing.begin(role)
        address = f"{service.address}/pair"
        words = self.tr("Open {0} on the phone and enter {1}, within five minutes.")
        if self._is_here_alone():
            words = self._reach_first() + "\n\n" + self.tr("A browser on this computer: {0}, {1}")
        lines = [words.format(address, f"{code[:3]} {code[3:]}")]
        if service.fingerprint:
            lines.append(
                self.tr("Its certificate (SHA-256): {0}").format(_in_lines(service.fingerprint))
            )
        self.code.setText("\n\n".join(lines))
        if self._is_here_alone():
            return
        try:
            self.qr.show_text(f"{address}#{code}")
        except ModuleNotFoundError:
            return
        self.qr.show()
        # Once it has a place: what lies below may have moved out of sight.
        QTimer.singleShot(0, self, self._show_code)

    def _show_code(self) -> None:
        self.area.ensureWidgetVisible(self.code)
        self.area.ensureWidgetVisible(self.qr)

    def revoke(self) -> None:
        """Put the chosen device out, at once."""
        item = self.devices.currentItem()
        if self._service is None or item is None:
            return
        device: Device = item.data(Qt.ItemDataRole.UserRole)
        try:
            self._service.devices.revoke(device.device_id)
        except OSError as error:
            self.code.setText(self.tr("It is out until the next start only: {0}").format(error))
        self._show_devices()

    def _show_devices(self) -> None:
        self.devices.clear()
        known = () if self._service is None else self._service.devices.all()
        now = local_now()
        for device in known:
            words = self.tr("{0}: {1}, last here {2}")
            if device.push is not None:
                words = self.tr("{0}: {1}, is notified, last here {2}")
            words = words.format(
                device.name, self._roles()[device.role], clock(device.seen_utc, now)
            )
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, device)
            self.devices.addItem(item)
        self._enable()

    def _enable(self, *_: object) -> None:
        self.revoke_button.setEnabled(self.devices.currentItem() is not None)

    def _say(self) -> None:
        """Say why no phone can be paired now."""
        service = self._service
        served = service is not None and bool(service.address) and service.problem is None
        self.pair_button.setEnabled(served)
        if service is not None and service.problem is not None:
            self.code.setText(translate(service.problem))
        elif not _is_installed():
            self.code.setText(translate(INSTALL))
        elif not served:
            self.code.setText(self.tr("Switch it on and save; then phones can be paired."))
        elif self._is_here_alone():
            self.code.setText(self._reach_first())

        push_problem = None if service is None else service.push_problem
        self.problem.setText("" if push_problem is None else translate(push_problem))
        self.problem.setVisible(push_problem is not None)

    def _is_here_alone(self) -> bool:
        """Whether the page's address, as it is served now, means nothing to a phone."""
        return self._service is not None and is_local_address(self._service.address)

    def _reach_first(self) -> str:
        return self.tr(
            "No phone reaches the page: choose Devices in the same network above and save. Then "
            "open this page again, and pair the phone."
        )

    def _roles(self) -> dict[Role, str]:
        return {
            "look": self.tr("may look"),
            "acknowledge": self.tr("may look and acknowledge"),
            "administer": self.tr("may let in others, too"),
        }


def _in_lines(fingerprint: str) -> str:
    """A fingerprint on lines of their own, as it cannot be wrapped: 16 bytes each."""
    pairs = fingerprint.split(":")
    lines = (":".join(pairs[at : at + 16]) for at in range(0, len(pairs), 16))
    return "\n" + "\n".join(lines)


def _is_installed() -> bool:
    from importlib.util import find_spec

    return all(find_spec(name) is not None for name in ("starlette", "uvicorn"))
