"""Adds a camera, or changes one: webcam, network camera, or a file in place of a camera."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from fallwatch.core.types import Analysis, Frame
from fallwatch.passwords import split_login
from fallwatch.pipeline.probe import FoundWebcam
from fallwatch.settings import CameraSettings
from fallwatch.ui.dialog_parts import plain_buttons
from fallwatch.ui.source_choice import CLIP_PATTERNS, address_problem
from fallwatch.ui.state_look import StateLook
from fallwatch.ui.theme import Theme, set_ink
from fallwatch.ui.trials import Trials
from fallwatch.ui.video_view import VideoView

#: Opens a camera with a password (None: the one that is kept) and brings a picture; it may wait.
TryCamera = Callable[[CameraSettings, str | None], Frame]


class CameraDialog(QDialog):
    """Asks for a room's name and its camera; a test says what is wrong and shows a picture.

    Args:
        theme: Colours.
        trials: Where tests run.
        find_webcams: Lists the webcams; it may wait.
        try_camera: Tests a camera; it may wait.
        camera: The camera to change; None to add one.
        taken: Names of the other rooms.
    """

    def __init__(
        self,
        theme: Theme,
        trials: Trials,
        find_webcams: Callable[[], Sequence[FoundWebcam]],
        try_camera: TryCamera,
        *,
        camera: CameraSettings | None = None,
        taken: Collection[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._trials, self._try_camera = theme, trials, try_camera
        self._before = camera
        self._taken = taken
        self.setWindowTitle(self.tr("Change camera") if camera else self.tr("Add camera"))
        self._make_fields()
        self._lay_out()
        self._fill(camera)
        for radio in (self.webcam, self.network, self.file):
            radio.toggled.connect(self._check)
        for field in (self.name, self.address, self.user, self.password, self.path):
            field.textChanged.connect(self._check)
        self.webcams.currentIndexChanged.connect(self._check)
        self.webcams.activated.connect(self.test)
        self._check()
        self._trials.run(find_webcams, self._show_webcams, self._show_problem)

    @property
    def camera(self) -> CameraSettings:
        """What was entered; usable while Save is offered."""
        old = {} if self._before is None else self._before.model_dump()
        address, user, _ = split_login(self.address.text().strip())
        by_network = self.network.isChecked()
        source = address if by_network else self._webcam_or_file()
        values = {
            # Without a name it cannot be saved, but tested.
            "name": self.name.text().strip() or self.name.placeholderText(),
            "source": source,
            "user": (user or self.user.text().strip()) if by_network else "",
        }
        return CameraSettings.model_validate({**old, **values})

    @property
    def typed_password(self) -> str | None:
        """The password that was entered; None if none was."""
        in_address = split_login(self.address.text().strip())[2]
        return self.password.text() or in_address or None

    def test(self) -> None:
        """Try the camera as it is entered."""
        if self._source_problem()[0]:
            return
        camera, password = self.camera, self.typed_password
        self._say(self.tr("Trying the camera…"), self._theme.palette.muted.ink)
        self.test_button.setEnabled(False)
        self._trials.run(
            lambda: self._try_camera(camera, password), self._show_picture, self._show_problem
        )

    def done(self, result: int) -> None:
        self._trials.forget()
        super().done(result)

    def _make_fields(self) -> None:
        self.name = QLineEdit()
        self.name.setMaxLength(60)
        self.name.setPlaceholderText(self.tr("Bedroom"))
        self.webcam = QRadioButton(self.tr("&Webcam of this computer"))
        self.network = QRadioButton(self.tr("&Network camera"))
        self.file = QRadioButton(self.tr("Video &file, played over and over"))
        self.webcams = QComboBox()
        self.webcams.setAccessibleName(self.tr("Webcam"))
        self.address, self.user, self.password = QLineEdit(), QLineEdit(), QLineEdit()
        self.address.setPlaceholderText("rtsp://192.168.1.20/stream1")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        if self._before is not None and self._before.user:
            self.password.setPlaceholderText(self.tr("unchanged"))
        self.path = QLineEdit()
        self.path.setAccessibleName(self.tr("Video file"))
        self.browse = QPushButton(self.tr("Choose…"))
        self.browse.setAccessibleName(self.tr("Choose a video file"))
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._ask_for_file)
        self.picture = VideoView()
        self.picture.setMinimumSize(320, 240)
        self.picture.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.picture.set_look(StateLook("", "", "state-monitoring", "calm", monitoring=True))
        self.test_button = QPushButton(self.tr("&Test"))
        self.test_button.setToolTip(self.tr("Open the camera once and show its picture"))
        self.test_button.setAutoDefault(False)
        self.test_button.clicked.connect(self.test)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setMinimumHeight(self.fontMetrics().height() * 3)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.buttons = plain_buttons(self, {"Save": self.tr("Save"), "Cancel": self.tr("Cancel")})

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("Name of the &room"), self.name)
        form.addRow(self.webcam)
        form.addRow("", self.webcams)
        form.addRow(self.network)
        form.addRow(self.tr("&Address"), self.address)
        form.addRow(self.tr("&User"), self.user)
        form.addRow(self.tr("&Password"), self.password)
        form.addRow(self.file)
        file_row = QHBoxLayout()
        file_row.addWidget(self.path, 1)
        file_row.addWidget(self.browse)
        form.addRow("", file_row)
        side = QVBoxLayout()
        side.addWidget(self.picture, 1)
        side.addWidget(self.test_button)
        columns = QHBoxLayout()
        columns.setSpacing(20)
        columns.addLayout(form, 3)
        columns.addLayout(side, 2)
        hint = QLabel(
            self.tr(
                "Place the camera so that the whole floor can be seen. Pictures and passwords "
                "never leave this computer; a password is kept in the system's keyring."
            )
        )
        hint.setWordWrap(True)
        set_ink(hint, self._theme.palette.muted.ink)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(columns, 1)
        layout.addWidget(self.problem)
        layout.addWidget(hint)
        layout.addWidget(self.buttons)
        self.resize(860, 480)

    def _fill(self, camera: CameraSettings | None) -> None:
        source = "" if camera is None else camera.source
        self.webcam.setChecked(not source or source.isdigit())
        self.network.setChecked("://" in source)
        self.file.setChecked(bool(source) and not source.isdigit() and "://" not in source)
        if camera is not None:
            self.name.setText(camera.name)
            self.user.setText(camera.user)
            if self.network.isChecked():
                self.address.setText(source)
            elif self.file.isChecked():
                self.path.setText(source)
            else:
                self.webcams.addItem(self.tr("Webcam {0}").format(source), source)

    def _webcam_or_file(self) -> str:
        if self.file.isChecked():
            return self.path.text().strip()
        return str(self.webcams.currentData() or "0")

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a video file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Videos ({0})").format(CLIP_PATTERNS))
        dialog.fileSelected.connect(self.path.setText)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show_webcams(self, found: Sequence[FoundWebcam]) -> None:
        kept = self.webcams.currentData()
        self.webcams.clear()
        for webcam in found:
            self.webcams.addItem(f"{webcam.title} ({webcam.index})", webcam.index)
        if kept is not None and self.webcams.findData(kept) < 0:
            self.webcams.addItem(self.tr("Webcam {0}").format(kept), kept)
        if self.webcams.count() == 0:
            self.webcams.addItem(self.tr("No webcam found; try the first one"), "0")
        self.webcams.setCurrentIndex(max(0, self.webcams.findData(kept)))

    def _check(self) -> None:
        self.webcams.setEnabled(self.webcam.isChecked())
        for field in (self.address, self.user, self.password):
            field.setEnabled(self.network.isChecked())
        self.path.setEnabled(self.file.isChecked())
        self.browse.setEnabled(self.file.isChecked())
        problem, said = self._what_is_missing()
        self._say(problem if said else "", self._theme.palette.error.ink)
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(not problem)
        self.test_button.setEnabled(not self._source_problem()[0])

    def _what_is_missing(self) -> tuple[str, bool]:
        """Why it cannot be saved, and whether to say so: an empty field needs no reproach."""
        name = self.name.text().strip()
        if name in self._taken:
            return self.tr("There is a room of this name already. Choose another name."), True
        problem = self._source_problem()
        if not problem[0] and not name:
            return self.tr("The room has no name."), False
        return problem

    def _source_problem(self) -> tuple[str, bool]:
        """The same for the camera alone."""
        if self.network.isChecked():
            address = self.address.text().strip()
            return address_problem(address) or "", bool(address)
        if self.file.isChecked() and not self.path.text().strip():
            return self.tr("No file has been chosen."), False
        return "", False

    def _show_picture(self, frame: Frame) -> None:
        self.test_button.setEnabled(True)
        self.picture.set_analysis(Analysis(frame))
        size = f"{frame.width_px} × {frame.height_px}"
        self._say(self.tr("The camera works: {0}.").format(size), self._theme.palette.calm.ink)

    def _show_problem(self, words: str) -> None:
        self.test_button.setEnabled(True)
        self._say(words, self._theme.palette.error.ink)

    def _say(self, words: str, ink: str) -> None:
        self.problem.setText(words)
        set_ink(self.problem, ink)
