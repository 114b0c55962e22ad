"""The fields of a source form, one for each way in which an option is entered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from fallwatch.sources.address import whole_address
from fallwatch.sources.network.discovery import FoundCamera
from fallwatch.sources.options import SourceOption
from fallwatch.sources.probe import FoundWebcam
from fallwatch.ui.rooms.files import CLIP_PATTERNS
from fallwatch.ui.style.dialog_parts import ROW_GAP_PX
from fallwatch.ui.style.fields import ComboBox


class TextField(QLineEdit):
    """A line of text; a secret is not shown.

    Signals:
        changed: Something else is entered.
    """

    changed = Signal()

    def __init__(self, example: str = "", *, secret: bool = False) -> None:
        super().__init__()
        self.setPlaceholderText(example)
        if secret:
            self.setEchoMode(QLineEdit.EchoMode.Password)
        self.textChanged.connect(lambda _: self.changed.emit())

    def value(self) -> str:
        """What is entered; of a secret also the blanks at its ends."""
        secret = self.echoMode() is QLineEdit.EchoMode.Password
        return self.text() if secret else self.text().strip()

    def set_value(self, value: str) -> None:
        """Enter something."""
        self.setText(value)


class AddressField(QWidget):
    """The address of a network camera, with a button to look for cameras on the network.

    Signals:
        changed: Something else is entered.
        search_wanted: Somebody wants to know which cameras there are.
    """

    changed = Signal()
    search_wanted = Signal()

    def __init__(self, example: str = "") -> None:
        super().__init__()
        self.line = TextField(example)
        self.line.changed.connect(self.changed)
        self.search = QPushButton(self.tr("&Find…"))
        self.search.setToolTip(self.tr("Look for cameras on the network"))
        self.search.setAccessibleName(self.tr("Find cameras on the network"))
        self.search.setAutoDefault(False)
        self.search.clicked.connect(self._on_search)
        self.menu = QMenu(self)
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(ROW_GAP_PX)
        row.addWidget(self.line, 1)
        row.addWidget(self.search)

    def value(self) -> str:
        """The whole address."""
        return whole_address(self.line.value())

    def set_value(self, value: str) -> None:
        """Enter an address; its begin is seen."""
        self.line.set_value(value)
        self.line.setCursorPosition(0)

    def setAccessibleName(self, name: str) -> None:
        self.line.setAccessibleName(name)

    def show_found(self, found: Sequence[FoundCamera]) -> None:
        """Offer the cameras that were found."""
        self.search.setEnabled(True)
        self.menu.clear()
        for camera in found:
            words = (
                camera.title if camera.title == camera.host else f"{camera.title} – {camera.host}"
            )
            self.menu.addAction(words.replace("&", "&&"), partial(self.set_value, camera.host))
        if not found:
            self.menu.addAction(self.tr("No camera answered")).setEnabled(False)
        self.menu.popup(self.search.mapToGlobal(self.search.rect().bottomLeft()))

    def _on_search(self) -> None:
        self.search.setEnabled(False)
        self.search_wanted.emit()


class WebcamField(ComboBox):
    """A list of webcams, filled in when they are known.

    Signals:
        changed: Another one is chosen.
    """

    changed = Signal()

    def __init__(self, default: str) -> None:
        super().__init__()
        self._default = default
        # Its words come after it is shown: it is as wide as there is room, whatever they are.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.currentIndexChanged.connect(lambda _: self.changed.emit())

    def value(self) -> str:
        """Number of the webcam."""
        return str(self.currentData() or self._default)

    def set_value(self, value: str) -> None:
        """Choose a webcam, also one that is not in the list: it may be unplugged."""
        if self.findData(value) < 0:
            self.addItem(self.tr("Webcam {0}").format(value), value)
        self.setCurrentIndex(self.findData(value))

    def show_webcams(self, found: Sequence[FoundWebcam]) -> None:
        """Offer these; what is chosen stays chosen."""
        before, kept = self.value(), self.currentData()
        blocked = self.blockSignals(True)
        self.clear()
        for webcam in found:
            self.addItem(f"{webcam.title} ({webcam.index})", webcam.index)
        if kept is not None:
            self.set_value(kept)
        if self.count() == 0:
            self.addItem(self.tr("No webcam found; try the first one"), self._default)
        self.blockSignals(blocked)
        if self.value() != before:
            self.changed.emit()


class FileField(QWidget):
    """The path of a file, with a button to choose it.

    Signals:
        changed: Another one is entered.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.path = QLineEdit()
        self.path.textChanged.connect(lambda _: self.changed.emit())
        self.browse = QPushButton(self.tr("Choose…"))
        self.browse.setAccessibleName(self.tr("Choose a video file"))
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._ask)
        self.setFocusProxy(self.path)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(ROW_GAP_PX)
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)

    def value(self) -> str:
        """The path."""
        return self.path.text().strip()

    def set_value(self, value: str) -> None:
        """Enter a path."""
        self.path.setText(value)

    def setAccessibleName(self, name: str) -> None:
        self.path.setAccessibleName(name)

    def _ask(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a video file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
        dialog.setNameFilter(self.tr("Videos ({0})").format(CLIP_PATTERNS))
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()


#: One field of the form.
Field = TextField | WebcamField | FileField | AddressField


def field_for(option: SourceOption) -> Field:
    """The field in which an option is entered, empty."""
    if option.entry == "webcam":
        return WebcamField(option.default)
    if option.entry == "file":
        return FileField()
    if option.entry == "address":
        return AddressField(option.example)
    return TextField(option.example, secret=option.entry == "secret")
