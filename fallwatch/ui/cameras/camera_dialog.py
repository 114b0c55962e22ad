"""Adds a camera, or changes one: where its images come from, with its live image beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from fallwatch.core.message import NO_MESSAGE, Message
from fallwatch.core.protocols import FrameSource
from fallwatch.core.types import Analysis, Frame
from fallwatch.runtime.views.state_look import StateLook
from fallwatch.settings import CameraSettings
from fallwatch.sources.network.discovery import FoundCamera, find_cameras
from fallwatch.sources.network.stream_search import find_stream, is_host_alone
from fallwatch.sources.probe import FoundWebcam
from fallwatch.system.secrets.passwords import with_login
from fallwatch.ui.background.latest_task import LatestTask
from fallwatch.ui.cameras.preview import Preview
from fallwatch.ui.cameras.smaller_stream import SmallerStream
from fallwatch.ui.cameras.source_form import SourceForm
from fallwatch.ui.rooms.room_presenter import RoomPresenter
from fallwatch.ui.style.dialog_parts import easy_form, plain_buttons
from fallwatch.ui.style.fields import ComboBox
from fallwatch.ui.style.theme import Theme, set_ink
from fallwatch.ui.text.plain_text import plain_label
from fallwatch.ui.text.translate import translate
from fallwatch.ui.text.words import sensitivities
from fallwatch.ui.video.video_view import VideoView

#: Makes the source of a camera with a password (None: the one that is kept); not yet opened.
MakeSource = Callable[[CameraSettings, str | None], FrameSource]

#: The room that watches the same camera already, if there is one: it cannot be opened twice.
WatchedBy = Callable[[CameraSettings], RoomPresenter | None]


class CameraDialog(QDialog):
    """Asks for a room's name and its camera; a test says what is wrong or shows live images.

    Args:
        theme: Colours.
        trials: Where webcams are looked for.
        preview: Shows the camera's images; stopped when the dialog closes.
        find_webcams: Lists the webcams; it may wait.
        make_source: Makes the source that is tested.
        watched_by: Which room watches a camera already.
        find_cameras: Lists the cameras of the network; it waits.
        find_stream: The whole address of a camera of which only the host is known; it waits.
        smaller: Offers the smaller stream of a camera; None if none is offered.
        camera: The camera to change; None to add one.
        taken: Names of the other rooms.
    """

    def __init__(
        self,
        theme: Theme,
        trials: LatestTask,
        preview: Preview,
        find_webcams: Callable[[], Sequence[FoundWebcam]],
        make_source: MakeSource,
        *,
        watched_by: WatchedBy = lambda camera: None,
        find_cameras: Callable[[], Sequence[FoundCamera]] = find_cameras,
        find_stream: Callable[[str], str] = find_stream,
        smaller: SmallerStream | None = None,
        camera: CameraSettings | None = None,
        taken: Collection[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._trials, self._preview = theme, trials, preview
        self._make_source, self._watched_by = make_source, watched_by
        self._find_cameras, self._find_stream = find_cameras, find_stream
        self._before = camera
        self._taken = taken
        self._room: RoomPresenter | None = None
        self._works = self._closing = False
        self._smaller = smaller
        self.setWindowTitle(self.tr("Change camera") if camera else self.tr("Add camera"))
        self._make_fields()
        self._lay_out()
        if camera is not None:
            self.name.setText(camera.name)
            self.source.fill(camera.source, camera.user)
            self.sensitivity.setCurrentIndex(self.sensitivity.findData(camera.sensitivity))
        self.name.textChanged.connect(self._check)
        self.source.changed.connect(self._on_source_changed)
        self.source.webcam_chosen.connect(self.test)
        self.source.search_wanted.connect(self._search)
        preview.frame_came.connect(self._on_frame)
        preview.failed.connect(self._on_failure)
        self._check()
        self._trials.run(find_webcams, self._show_webcams, self._on_failure)

    @property
    def camera(self) -> CameraSettings:
        """What was entered; usable while Save is offered."""
        old = {} if self._before is None else self._before.model_dump()
        values = {
            # Without a name it cannot be saved, but tested.
            "name": self.name.text().strip() or self.name.placeholderText(),
            "source": self.source.source,
            "user": self.source.user,
            "sensitivity": self.sensitivity.currentData(),
        }
        return CameraSettings.model_validate({**old, **values})

    @property
    def typed_password(self) -> str | None:
        """The password that was entered; None if none was."""
        return self.source.password

    def test(self) -> None:
        """Show the camera's images as it is entered, or say why there are none."""
        if self.source.problem()[0]:
            return
        self._end_test()
        camera, password = self.camera, self.typed_password
        room = None if password else self._watched_by(camera)
        if room is not None:
            self._follow(room)
            return
        if is_host_alone(camera.source):
            self._look_for_stream(camera, password)
            return
        self._say(self.tr("Trying the camera…"), self._theme.palette.muted.ink)
        self._preview.start(lambda: self._make_source(camera, password))

    def _look_for_stream(self, camera: CameraSettings, password: str | None) -> None:
        """Find the path by what is usual, then test that."""
        words = self.tr("Trying the usual paths of network cameras…")
        self._say(words, self._theme.palette.muted.ink)
        address = camera.source
        if camera.user:
            address = with_login(address, camera.user, password or "")

        self._trials.run(partial(self._find_stream, address), self._use_stream, self._on_failure)

    def _use_stream(self, address: str) -> None:
        self.source.enter_address(address)
        self.test()

    def _search(self) -> None:
        def failed(message: Message) -> None:
            self.source.show_found(())
            self._on_failure(message)

        self._trials.run(self._find_cameras, self.source.show_found, failed)

    def done(self, result: int) -> None:
        """Close; a camera under test lets go first, for it may be opened again at once."""
        if self._closing:
            return
        self._closing = True
        self._trials.forget()
        if self._smaller is not None:
            self._smaller.forget()
        self._leave_room()
        self.hide()

        def close() -> None:
            if isValid(self):  # the window behind it may be gone by then
                super(CameraDialog, self).done(result)

        self._preview.stop(close)

    def _make_fields(self) -> None:
        self.name = QLineEdit()
        self.name.setMaxLength(60)
        self.name.setPlaceholderText(self.tr("Bedroom"))
        self.sensitivity = ComboBox()
        self.sensitivity.addItem(self.tr("As for all rooms"), "default")
        for key, words in sensitivities().items():
            self.sensitivity.addItem(words, key)
        self.video = VideoView()
        self.video.setMinimumSize(240, 180)
        self.video.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.video.set_look(
            StateLook(
                NO_MESSAGE, NO_MESSAGE, "state-monitoring", "calm", monitoring=True, live=True
            )
        )
        self.test_button = QPushButton(self.tr("&Test"))
        self.test_button.setToolTip(self.tr("Open the camera and show what it sees"))
        self.test_button.setAutoDefault(False)
        self.test_button.clicked.connect(self.test)
        self.problem = plain_label()
        self.problem.setWordWrap(True)
        self.problem.setMinimumHeight(self.fontMetrics().height() * 3)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.buttons = plain_buttons(self, {"Save": self.tr("Save"), "Cancel": self.tr("Cancel")})

    def _lay_out(self) -> None:
        form = QFormLayout()
        easy_form(form)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("Name of the &room"), self.name)
        form.addRow(self.tr("S&ensitivity"), self.sensitivity)
        self.source = SourceForm(form)
        side = QVBoxLayout()
        side.addWidget(self.video, 1)
        side.addWidget(self.test_button)
        columns = QHBoxLayout()
        columns.setSpacing(20)
        columns.addLayout(form, 3)
        columns.addLayout(side, 2)
        hint = QLabel(
            self.tr(
                "Place the camera so that the whole floor can be seen. Nothing leaves this "
                "computer unless you add recipients; a password is kept in the system's "
                "keyring, where there is one."
            )
        )
        hint.setWordWrap(True)
        set_ink(hint, self._theme.palette.muted.ink)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(columns, 1)
        layout.addWidget(self.problem)
        if self._smaller is not None:
            layout.addWidget(self._smaller)
            self._smaller.chosen.connect(self._use_stream)
        layout.addWidget(hint)
        layout.addWidget(self.buttons)
        self.resize(900, 500)

    def _show_webcams(self, found: Sequence[FoundWebcam]) -> None:
        self.source.show_webcams(found)
        if found and self.source.kind.name == "webcam":
            self.test()

    def _on_source_changed(self) -> None:
        self._end_test()
        self._check()

    def _end_test(self) -> None:
        """What is shown is always what is entered: something else is entered now."""
        self._leave_room()
        self._preview.stop()
        self.video.clear()
        self._works = False
        if self._smaller is not None:
            self._smaller.forget()

    def _follow(self, room: RoomPresenter) -> None:
        self._room = room
        room.analysed.connect(self._on_analysis)
        if room.newest is not None:
            self._on_analysis(room.newest)
            self._look_for_smaller(room.newest.frame)
        words = self.tr("{0} watches this camera already; this is its image.").format(room.name)
        self._say(words, self._theme.palette.calm.ink)

    def _leave_room(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            room.analysed.disconnect(self._on_analysis)

    def _on_analysis(self, analysis: Analysis) -> None:
        self.video.set_analysis(analysis)

    def _on_frame(self, frame: Frame) -> None:
        self.video.set_analysis(Analysis(frame))
        if not self._works:
            self._works = True
            size = f"{frame.width_px} × {frame.height_px}"
            self._say(self.tr("The camera works: {0}.").format(size), self._theme.palette.calm.ink)
            self._look_for_smaller(frame)

    def _look_for_smaller(self, frame: Frame) -> None:
        if self._smaller is not None:
            self._smaller.tried(self.camera, self.typed_password, frame)

    def _on_failure(self, message: Message) -> None:
        self.video.clear()
        self._works = False
        self._say(translate(message), self._theme.palette.error.ink)

    def _check(self) -> None:
        problem, said = self._what_is_missing()
        if said or not self._works:
            self._say(problem if said else "", self._theme.palette.error.ink)
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(not problem)
        self.test_button.setEnabled(not self.source.problem()[0])

    def _what_is_missing(self) -> tuple[str, bool]:
        """Why it cannot be saved, and whether to say so: an empty field needs no reproach."""
        name = self.name.text().strip()
        if name in self._taken:
            return self.tr("There is a room of this name already. Choose another name."), True
        problem = self.source.problem()
        if not problem[0] and not name:
            return self.tr("The room has no name."), False
        return problem

    def _say(self, words: str, ink: str) -> None:
        self.problem.setText(words)
        set_ink(self.problem, ink)
