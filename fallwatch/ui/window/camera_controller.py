"""Adds, changes and removes cameras: the dialogs, the settings and the passwords behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

from fallwatch.core.message import Message, message_of
from fallwatch.core.protocols import FrameSource, SourceError
from fallwatch.runtime.analyzers import zones_of
from fallwatch.settings import MAX_CAMERAS, CameraSettings
from fallwatch.sources.camera_source import camera_source, is_recorded
from fallwatch.sources.network.substreams import find_smaller
from fallwatch.sources.probe import FoundWebcam, find_webcams
from fallwatch.system.secrets.passwords import (
    PasswordError,
    Passwords,
    split_login,
    with_login,
)
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.background.latest_task import LatestTask
from fallwatch.ui.background.preferences import Preferences
from fallwatch.ui.cameras.camera_dialog import CameraDialog
from fallwatch.ui.cameras.preview import Preview
from fallwatch.ui.cameras.smaller_stream import SmallerStream
from fallwatch.ui.cameras.zone_dialog import ZoneDialog
from fallwatch.ui.pin.pin_gate import Gate, no_gate
from fallwatch.ui.rooms.room_presenter import RoomPresenter
from fallwatch.ui.rooms.rooms import Rooms
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.plain_text import plain_question
from fallwatch.ui.window.main_window import MainWindow


class CameraController(QObject):
    """What people do with the list of cameras."""

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        rooms: Rooms,
        preferences: Preferences,
        passwords: Passwords,
        tasks: BackgroundTasks,
        bridge: Bridge,
        webcams: Callable[[], Sequence[FoundWebcam]] = find_webcams,
        *,
        gate: Gate = no_gate,
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._rooms = window, theme, rooms
        self._preferences, self._passwords = preferences, passwords
        self._tasks, self._bridge = tasks, bridge
        self._trials, self._webcams = LatestTask(bridge, self), webcams
        self._same_camera: dict[tuple[str, str], str] = {}
        window.camera_wanted.connect(self.add)
        # Each of these could end the watch over a room, or blind it.
        rooms.edit_wanted.connect(lambda name: gate(partial(self.edit, name)))
        rooms.zones_wanted.connect(lambda room: gate(partial(self.draw_zones, room)))
        rooms.privacy_chosen.connect(lambda name, mode: self._choose_privacy(name, mode, gate))
        rooms.remove_wanted.connect(lambda name: gate(partial(self.remove, name)))

    def close(self) -> None:
        """Let go of a camera that is being set up."""
        for dialog in self._window.findChildren(CameraDialog):
            dialog.reject()

    def begin(self) -> None:
        """Show the cameras of the settings; passwords found there go where they belong."""
        cameras = [self._without_password(camera) for camera in self._preferences.current.cameras]
        self._preferences.change(cameras=tuple(cameras))
        self._rooms.show_cameras(cameras)

    def add(self) -> None:
        """Ask for another camera."""
        if len(self._preferences.current.cameras) >= MAX_CAMERAS:
            self._window.messages.show_message(
                "cameras",
                Message("There is room for {0} cameras. Remove one first.", (MAX_CAMERAS,)),
            )
            return
        self._ask(None)

    def edit(self, name: str) -> None:
        """Ask what shall be different about a camera."""
        camera = self._find(name)
        if camera is not None:
            self._ask(camera)

    def remove(self, name: str) -> None:
        """Ask whether a camera shall go."""
        box = plain_question(QMessageBox(self._window))
        box.setWindowTitle(self.tr("Remove room"))
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(self.tr("Remove the room {0}?").format(name))
        box.setInformativeText(
            self.tr("It will no longer be watched. Its events stay in the list.")
        )
        yes = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(self.tr("Keep"), QMessageBox.ButtonRole.RejectRole))
        yes.clicked.connect(lambda: self._remove(name))
        self._window.show_dialog(box)

    def draw_zones(self, presenter: RoomPresenter) -> None:
        """Have the zones of a room drawn on its live image."""
        camera = self._find(presenter.name)
        if camera is None:
            return
        dialog = ZoneDialog(self._theme, camera.name, zones_of(camera), self._window)
        if presenter.newest is not None:
            dialog.editor.set_analysis(presenter.newest)
        presenter.analysed.connect(dialog.editor.set_analysis)
        dialog.accepted.connect(
            lambda: self.update(
                camera.name,
                zones=[
                    {
                        "kind": zone.kind.value,
                        "corners_norm": zone.corners_norm,
                        "exit_after_s": zone.exit_after_s,
                        "exit_hours": zone.exit_hours,
                    }
                    for zone in dialog.zones
                ],
            )
        )
        self._window.show_dialog(dialog)

    def update(self, name: str, **values: object) -> None:
        """Change something about a camera; its room begins again with it."""
        camera = self._find(name)
        if camera is not None:
            self._put(name, CameraSettings.model_validate({**camera.model_dump(), **values}))

    def _choose_privacy(self, name: str, mode: str, gate: Gate) -> None:
        # Until it is changed, the menu says what holds.
        camera, room = self._find(name), self._rooms.named(name)
        if camera is not None and room is not None:
            room.tile.menu.set_privacy(camera.privacy)
        gate(partial(self.update, name, privacy=mode))

    def _find(self, name: str) -> CameraSettings | None:
        cameras = self._preferences.current.cameras
        return next((camera for camera in cameras if camera.name == name), None)

    def _ask(self, camera: CameraSettings | None) -> None:
        names = {each.name for each in self._preferences.current.cameras}
        dialog = CameraDialog(
            self._theme,
            self._trials,
            Preview(self._bridge),
            self._webcams,
            self._source,
            watched_by=self._watched_by,
            smaller=SmallerStream(LatestTask(self._bridge, self), self._find_smaller),
            camera=camera,
            taken=names - {camera.name} if camera else names,
            parent=self._window,
        )
        dialog.accepted.connect(lambda: self._take(dialog, camera))
        self._window.show_dialog(dialog)

    def _source(self, camera: CameraSettings, typed: str | None) -> FrameSource:
        """On a thread of its own."""
        return camera_source(camera, self._passwords, typed)

    def _find_smaller(
        self, camera: CameraSettings, typed: str | None, width_px: int, height_px: int
    ) -> str | None:
        """On a thread of its own."""
        if not camera.user:
            return find_smaller(camera.source, width_px, height_px)
        try:
            password = self._passwords.get(camera.source, camera.user) if typed is None else typed
        except PasswordError:
            return None
        address = with_login(camera.source, camera.user, password)
        found = find_smaller(address, width_px, height_px)
        if found is not None and typed is None:
            # Passwords belong to an address. It is the same camera: nobody has to type it again.
            smaller = split_login(found)[0]
            self._passwords.remember(smaller, camera.user, password)
            self._same_camera[smaller, camera.user] = password
        return found

    def _watched_by(self, camera: CameraSettings) -> RoomPresenter | None:
        """The room that has this camera open now; files can be opened many times."""
        try:
            if is_recorded(camera.source):
                return None
        except SourceError:
            return None
        for room in self._rooms.all:
            known = None if room.choice is None else room.choice.camera
            same = known and (known.source, known.user) == (camera.source, camera.user)
            if same and room.is_watched and room.tile.look.live:
                return room
        return None

    def _take(self, dialog: CameraDialog, before: CameraSettings | None) -> None:
        camera, password = dialog.camera, dialog.typed_password
        # Once only: the next time another may be kept for this address, and holds.
        known = self._same_camera.pop((camera.source, camera.user), None)
        if password is None:
            password = known
        if camera.user and password is not None:
            self._keep_password(camera, password)
        if before is None:
            self._show((*self._preferences.current.cameras, camera))
            return
        self._put(before.name, camera)
        room = self._rooms.named(camera.name)
        if camera == before and password is not None and room is not None:
            room.room.restart()

    def _put(self, name: str, camera: CameraSettings) -> None:
        """Have this camera in the place of the one of that name."""
        cameras = self._preferences.current.cameras
        self._show(tuple(camera if each.name == name else each for each in cameras))

    def _remove(self, name: str) -> None:
        self._show(tuple(c for c in self._preferences.current.cameras if c.name != name))

    def _show(self, cameras: tuple[CameraSettings, ...]) -> None:
        self._preferences.change(cameras=cameras)
        self._rooms.show_cameras(cameras)

    def _without_password(self, camera: CameraSettings) -> CameraSettings:
        address, user, password = split_login(camera.source)
        if not user:
            return camera
        camera = camera.model_copy(update={"source": address, "user": user})
        self._keep_password(camera, password)
        return camera

    def _keep_password(self, camera: CameraSettings, password: str) -> None:
        # At once for this run, so that the room opens with it; the keyring may take its time.
        self._passwords.remember(camera.source, camera.user, password)
        self._tasks.run(
            partial(self._passwords.store, camera.source, camera.user, password),
            self._tell_of_password,
            lambda error: self._tell_of_password(message_of(error)),
        )

    def _tell_of_password(self, words: Message | None) -> None:
        if words is not None:
            self._window.messages.show_message("password", words)
