"""Adding a camera: what is checked while it is entered, and what its live image says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QDialogButtonBox, QFormLayout, QWidget
from pytestqt.qtbot import QtBot

from fallwatch.core.protocols import FrameSource, SourceError
from fallwatch.core.types import Frame
from fallwatch.settings import CameraSettings
from fallwatch.sources.network.discovery import FoundCamera
from fallwatch.sources.options import SourceOption
from fallwatch.sources.probe import FoundWebcam
from fallwatch.sources.registry import SourceKind, registry
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.background.latest_task import LatestTask
from fallwatch.ui.cameras.camera_dialog import CameraDialog
from fallwatch.ui.cameras.preview import Preview
from fallwatch.ui.cameras.smaller_stream import SmallerStream
from fallwatch.ui.cameras.source_fields import AddressField
from fallwatch.ui.cameras.source_form import SourceForm
from fallwatch.ui.style.theme import Theme
from tests.ui.fakes import nameless
from tests.ui.qt_waiting import process_events

IP = CameraSettings(name="Hall", source="rtsp://10.0.0.7/one", user="anna", privacy="blur")

Make = Callable[..., CameraDialog]


class FakeCamera:
    """Sends a grey image that gets brighter, until it is interrupted."""

    name, is_live, fps, duration_s = "Hall", True, 0.0, None

    def __init__(self) -> None:
        self.sent = 0
        self.closed = False
        self._stopped = threading.Event()

    def open(self) -> None:
        pass

    def read(self) -> Frame:
        if self._stopped.wait(0.02 if self.sent else 0):
            raise SourceError("Reading Hall was interrupted.")
        self.sent += 1
        image = np.full((48, 64, 3), min(255, 20 * self.sent), np.uint8)
        return Frame("Hall", self.sent, float(self.sent), image)

    def interrupt(self) -> None:
        self._stopped.set()

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def cameras() -> list[FakeCamera]:
    return []


@pytest.fixture
def make(qtbot: QtBot, theme: Theme, cameras: list[FakeCamera]) -> Iterator[Make]:
    bridge = Bridge()
    dialogs: list[CameraDialog] = []

    def fake(camera: CameraSettings, password: str | None) -> FrameSource:
        cameras.append(FakeCamera())
        return cameras[-1]

    def make(**options: object) -> CameraDialog:
        options.setdefault("make_source", fake)
        found = options.pop("found", [FoundWebcam("0", "Built-in"), FoundWebcam("2", "Shelf")])
        dialog = CameraDialog(
            theme,
            LatestTask(bridge),
            Preview(bridge),
            lambda: found,  # type: ignore[arg-type, return-value]
            options.pop("make_source"),  # type: ignore[arg-type]
            **options,  # type: ignore[arg-type]
        )
        qtbot.addWidget(dialog)
        dialogs.append(dialog)
        webcams = dialog.source.fields["webcam", "source"]
        qtbot.waitUntil(lambda: webcams.count() == max(1, len(found)))  # type: ignore[union-attr, arg-type]
        return dialog

    yield make
    for dialog in dialogs:
        dialog.reject()
    qtbot.waitUntil(lambda: all(camera.closed for camera in cameras))
    bridge.close()


def can_save(dialog: CameraDialog) -> bool:
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()


def enter(dialog: CameraDialog, kind: str, target: str, value: str) -> None:
    dialog.source.fields[kind, target].set_value(value)  # type: ignore[index]


def test_a_list_of_webcams_that_comes_late_is_not_cut(qtbot: QtBot, make: Make) -> None:
    dialog = make(found=[])
    webcams = dialog.source.fields["webcam", "source"]
    dialog.source.choose("webcam")
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.source.show_webcams([FoundWebcam("0", "Camera on the shelf beside the door")])
    qtbot.waitUntil(lambda: webcams.geometry().right() == dialog.name.geometry().right())
    words = webcams.fontMetrics().horizontalAdvance("No webcam found; try the first one")
    assert webcams.width() > words


def test_a_webcam_needs_only_a_name(qtbot: QtBot, make: Make) -> None:
    dialog = make()
    assert not can_save(dialog)
    qtbot.keyClicks(dialog.name, "Bedroom")
    assert can_save(dialog)
    enter(dialog, "webcam", "source", "2")
    assert dialog.camera == CameraSettings(name="Bedroom", source="2")


def test_a_webcam_that_is_unplugged_stays_chosen(make: Make) -> None:
    dialog = make(camera=CameraSettings(name="Hall", source="5"), found=[])
    assert dialog.camera.source == "5"


def test_an_address_is_checked_while_it_is_typed(qtbot: QtBot, make: Make) -> None:
    dialog = make(found=[])
    dialog.name.setText("Bedroom")
    dialog.source.choose("stream")
    assert not can_save(dialog)
    assert dialog.problem.text() == ""
    enter(dialog, "stream", "source", "gopher://cam")
    assert not can_save(dialog)
    assert "not a camera address" in dialog.problem.text()
    enter(dialog, "stream", "source", " rtsp://10.0.0.7/one ")
    assert can_save(dialog)
    assert dialog.camera.source == "rtsp://10.0.0.7/one"


def test_a_login_within_the_address_is_taken_out_of_it(make: Make) -> None:
    dialog = make(found=[])
    dialog.name.setText("Bedroom")
    dialog.source.choose("stream")
    enter(dialog, "stream", "source", "rtsp://anna:secret@10.0.0.7/one")
    assert (dialog.camera.source, dialog.camera.user) == ("rtsp://10.0.0.7/one", "anna")
    assert dialog.typed_password == "secret"
    assert "secret" not in dialog.camera.model_dump_json()


def test_what_belongs_to_another_kind_of_camera_is_neither_seen_nor_kept(make: Make) -> None:
    dialog = make(camera=IP)
    dialog.show()
    assert dialog.source.fields["stream", "user"].isVisible()
    assert not dialog.source.fields["file", "source"].isVisible()
    dialog.source.choose("file")
    enter(dialog, "file", "source", "clips/one.mp4")
    assert not dialog.source.fields["stream", "user"].isVisible()
    assert (dialog.camera.source, dialog.camera.user) == ("clips/one.mp4", "")


def test_a_name_that_is_taken_is_refused(make: Make) -> None:
    dialog = make(taken={"Hall"})
    dialog.name.setText("Hall")
    assert not can_save(dialog)
    assert "Choose another name" in dialog.problem.text()


def test_changing_a_camera_keeps_what_is_not_asked_for(make: Make) -> None:
    dialog = make(camera=IP)
    assert dialog.camera == IP
    assert dialog.typed_password is None
    dialog.name.setText("Kitchen")
    assert dialog.camera == IP.model_copy(update={"name": "Kitchen"})


def test_a_test_shows_live_images(qtbot: QtBot, make: Make, cameras: list[FakeCamera]) -> None:
    dialog = make(camera=IP)
    assert dialog.video.image_rect().isEmpty()
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "works" in dialog.problem.text())
    assert "64 × 48" in dialog.problem.text()
    early = dialog.video.grab().toImage().pixelColor(dialog.video.rect().center())
    qtbot.waitUntil(
        lambda: dialog.video.grab().toImage().pixelColor(dialog.video.rect().center()) != early
    )
    dialog.name.setText("Kitchen")
    assert "works" in dialog.problem.text(), "the name says nothing about the camera"


def test_a_webcam_shows_its_image_by_itself_and_another_takes_its_place(
    qtbot: QtBot, make: Make, cameras: list[FakeCamera]
) -> None:
    dialog = make()
    qtbot.waitUntil(lambda: "works" in dialog.problem.text())
    webcams = dialog.source.fields["webcam", "source"]
    webcams.set_value("2")
    dialog.source.webcam_chosen.emit()
    qtbot.waitUntil(lambda: len(cameras) == 2 and cameras[1].sent > 0)
    assert cameras[0].closed


def test_webcams_that_are_found_late_do_not_end_the_test_of_another_camera(
    qtbot: QtBot, make: Make
) -> None:
    dialog = make(camera=IP, found=[])
    dialog.test()
    qtbot.waitUntil(lambda: "works" in dialog.problem.text())
    dialog.source.show_webcams([FoundWebcam("2", "Shelf")])
    assert "works" in dialog.problem.text()


def test_what_is_shown_is_what_is_entered(
    qtbot: QtBot, make: Make, cameras: list[FakeCamera]
) -> None:
    dialog = make(camera=IP)
    dialog.test()
    qtbot.waitUntil(lambda: "works" in dialog.problem.text())
    enter(dialog, "stream", "source", "rtsp://10.0.0.8/other")
    assert dialog.video.image_rect().isEmpty()
    assert dialog.problem.text() == ""
    qtbot.waitUntil(lambda: cameras[0].closed)


def test_the_camera_has_let_go_before_it_is_saved(
    qtbot: QtBot, make: Make, cameras: list[FakeCamera]
) -> None:
    dialog = make(camera=IP)
    dialog.test()
    qtbot.waitUntil(lambda: "works" in dialog.problem.text())
    with qtbot.waitSignal(dialog.accepted):
        dialog.accept()
        dialog.accept()
    assert cameras[0].closed


def test_a_test_says_what_is_wrong_and_may_be_repeated(qtbot: QtBot, make: Make) -> None:
    def fail(camera: CameraSettings, password: str | None) -> FrameSource:
        raise SourceError(f"{camera.source} answers, but wants another password than {password}.")

    dialog = make(camera=IP, make_source=fail)
    enter(dialog, "stream", "password", "old")
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "another password than old" in dialog.problem.text())
    assert dialog.test_button.isEnabled()


def test_the_form_is_made_of_what_the_kinds_ask_for(qtbot: QtBot, theme: Theme) -> None:
    doll = SourceKind(
        "doll",
        lambda text: text.startswith("doll:"),
        replace(registry.kinds[0]).make,
        title="A &doll's house",
        options=(SourceOption("source", "&Which", example="doll:1"), SourceOption("user", "&Who")),
    )
    holder = QWidget()
    qtbot.addWidget(holder)
    form = SourceForm(QFormLayout(holder), [*registry.kinds, doll])
    assert [*form.radios] == [*(kind.name for kind in registry.kinds if kind.options), "doll"]
    form.choose("doll")
    form.fields["doll", "source"].set_value("doll:3")
    form.fields["doll", "user"].set_value("emma")
    assert (form.kind, form.source, form.user) == (doll, "doll:3", "emma")
    assert form.fields["doll", "user"].accessibleName() == "Who"


def test_every_field_has_a_name_for_screen_readers(make: Make) -> None:
    dialog = make(camera=IP)
    dialog.show()
    assert len(dialog.source.radios) == 3
    for kind in dialog.source.radios:
        dialog.source.choose(kind)
        assert nameless(dialog) == []


def test_an_ip_address_alone_becomes_the_whole_address(qtbot: QtBot, make: Make) -> None:
    asked: list[str] = []

    def find(address: str) -> str:
        asked.append(address)
        return "rtsp://anna:s3@10.0.0.7/stream1"

    dialog = make(find_stream=find)
    qtbot.keyClicks(dialog.name, "Hall")
    dialog.source.choose("stream")
    enter(dialog, "stream", "source", "10.0.0.7")
    enter(dialog, "stream", "user", "anna")
    enter(dialog, "stream", "password", "s3")
    assert "%" not in dialog.problem.text()
    assert can_save(dialog)
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "works" in dialog.problem.text())
    assert asked == ["rtsp://anna:s3@10.0.0.7"]
    assert dialog.camera.source == "rtsp://10.0.0.7/stream1"
    assert dialog.typed_password == "s3"


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_camera_found_on_the_network_is_entered(qtbot: QtBot, make: Make) -> None:
    found = (FoundCamera("10.0.0.8", "Hall Cam"),)
    dialog = make(find_cameras=lambda: found)
    dialog.source.choose("stream")
    field = dialog.source.fields["stream", "source"]
    assert isinstance(field, AddressField)
    field.search.click()
    assert not field.search.isEnabled()
    qtbot.waitUntil(lambda: bool(field.menu.actions()))
    (action,) = field.menu.actions()
    assert "Hall Cam" in action.text()
    action.trigger()
    field.menu.close()
    assert dialog.camera.source == "rtsp://10.0.0.8"


LARGE, SMALLER = "rtsp://10.0.0.7/stream1", "rtsp://10.0.0.7/stream2"


class SizedCamera(FakeCamera):
    """Sends images of a size."""

    def __init__(self, width_px: int, height_px: int) -> None:
        super().__init__()
        self._image = np.zeros((height_px, width_px, 3), np.uint8)

    def read(self) -> Frame:
        return replace(super().read(), image_bgr=self._image)


class TwoStreams:
    """A network camera with a large and a smaller stream, and what it was asked."""

    def __init__(self, make: Make, *, smaller: tuple[int, int] = (640, 360)) -> None:
        self._bridge = Bridge()
        self._sizes = {LARGE: (2560, 1440), SMALLER: smaller}
        self.asked: list[tuple[str, str | None, int, int]] = []
        self.has_smaller = True
        self.offer = SmallerStream(LatestTask(self._bridge), self._find)
        self.dialog = make(make_source=self._open, smaller=self.offer, found=[])
        self.dialog.source.choose("stream")

    def close(self) -> None:
        self._bridge.close()

    def try_it(self, address: str) -> None:
        enter(self.dialog, "stream", "source", address)
        enter(self.dialog, "stream", "user", "anna")
        enter(self.dialog, "stream", "password", "s3")
        self.dialog.test_button.click()

    def _find(self, camera: CameraSettings, typed: str | None, w: int, h: int) -> str | None:
        self.asked.append((camera.source, typed, w, h))
        return "rtsp://anna:s3@10.0.0.7/stream2" if self.has_smaller else None

    def _open(self, camera: CameraSettings, password: str | None) -> FrameSource:
        return SizedCamera(*self._sizes[camera.source])


@pytest.fixture
def two_streams(make: Make) -> Iterator[TwoStreams]:
    streams = TwoStreams(make)
    yield streams
    streams.close()


def test_a_smaller_stream_is_offered_taken_and_given_back(
    qtbot: QtBot, two_streams: TwoStreams
) -> None:
    dialog, offer = two_streams.dialog, two_streams.offer
    two_streams.try_it(LARGE)
    qtbot.waitUntil(lambda: not offer.isHidden())
    assert two_streams.asked == [(LARGE, "s3", 2560, 1440)]
    assert dialog.camera.source == LARGE, "nothing is chosen by itself"
    offer.button.click()
    qtbot.waitUntil(lambda: "640 × 360" in dialog.problem.text() and not offer.isHidden())
    assert (dialog.camera.source, dialog.typed_password) == (SMALLER, "s3")
    assert "smaller stream" in offer.words.text()
    offer.button.click()
    qtbot.waitUntil(lambda: "2560 × 1440" in dialog.problem.text())
    assert dialog.camera.source == LARGE


def test_a_stream_that_is_too_small_is_said_to_be(qtbot: QtBot, make: Make) -> None:
    streams = TwoStreams(make, smaller=(352, 240))
    streams.try_it(LARGE)
    qtbot.waitUntil(lambda: not streams.offer.isHidden())
    streams.offer.button.click()
    qtbot.waitUntil(lambda: "very small" in streams.offer.words.text())
    streams.close()


def test_nothing_is_asked_of_a_camera_whose_images_are_small(
    qtbot: QtBot, two_streams: TwoStreams
) -> None:
    two_streams.try_it(SMALLER)
    qtbot.waitUntil(lambda: "works" in two_streams.dialog.problem.text())
    assert two_streams.asked == []
    assert two_streams.offer.isHidden()


def test_nothing_is_offered_where_there_is_no_smaller_stream_or_another_camera_is_entered(
    qtbot: QtBot, two_streams: TwoStreams
) -> None:
    two_streams.has_smaller = False
    two_streams.try_it(LARGE)
    qtbot.waitUntil(lambda: bool(two_streams.asked))
    process_events()
    assert two_streams.offer.isHidden()
    two_streams.has_smaller = True
    two_streams.try_it(LARGE)
    qtbot.waitUntil(lambda: not two_streams.offer.isHidden())
    enter(two_streams.dialog, "stream", "source", "10.0.0.9")
    assert two_streams.offer.isHidden()
