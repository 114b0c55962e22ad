"""Asks which camera to watch."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from fallwatch.ui.source_choice import address_problem
from fallwatch.ui.theme import Theme, set_ink


class CameraDialog(QDialog):
    """A webcam by number, or a network camera by address; says at once what cannot be."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open camera"))
        self.setMinimumWidth(520)
        self.webcam = QRadioButton(self.tr("&Webcam of this computer"))
        self.network = QRadioButton(self.tr("&Network camera"))
        self.index = QSpinBox()
        self.index.setRange(0, 63)
        self.index.setAccessibleName(self.tr("Number of the webcam"))
        self.address = QLineEdit()
        self.address.setPlaceholderText("rtsp://192.168.1.20/stream1")
        self.address.setAccessibleName(self.tr("Address of the network camera"))
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        set_ink(self.problem, theme.palette.error.ink)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        for button in self.buttons.buttons():
            button.setIcon(QIcon())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out(theme)
        self.webcam.setChecked(True)
        self.webcam.toggled.connect(self._check)
        self.address.textChanged.connect(self._check)
        self._check()

    @property
    def source(self) -> str:
        """What was chosen: a webcam's number or an address."""
        if self.webcam.isChecked():
            return str(self.index.value())
        return self.address.text().strip()

    def set_source(self, text: str) -> None:
        """Begin with a camera that was used before."""
        if text.isdigit():
            self.webcam.setChecked(True)
            self.index.setValue(int(text))
        elif "://" in text:
            self.network.setChecked(True)
            self.address.setText(text)

    def _lay_out(self, theme: Theme) -> None:
        first = QLabel(self.tr("0 is the first camera. Place it so that the floor can be seen."))
        second = QLabel(
            self.tr("The address stands in the camera's manual. Nothing leaves this computer.")
        )
        for hint in (first, second):
            hint.setWordWrap(True)
            set_ink(hint, theme.palette.muted.ink)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.webcam, 0, 0)
        grid.addWidget(self.index, 0, 1)
        grid.addWidget(first, 1, 1)
        grid.setRowMinimumHeight(2, 10)
        grid.addWidget(self.network, 3, 0)
        grid.addWidget(self.address, 3, 1)
        grid.addWidget(second, 4, 1)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.addLayout(grid)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(self.buttons)

    def _check(self) -> None:
        by_address = self.network.isChecked()
        self.index.setEnabled(not by_address)
        self.address.setEnabled(by_address)
        problem = address_problem(self.source) if by_address else None
        # An empty field needs no reproach.
        self.problem.setText(problem if problem and self.source else "")
        self.buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(problem is None)
