"""Adding a camera: what is checked while it is entered, and what a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Frame
from fallwatch.pipeline.probe import FoundWebcam
from fallwatch.settings import CameraSettings
from fallwatch.ui.bridge import Bridge
from fallwatch.ui.camera_dialog import CameraDialog
from fallwatch.ui.theme import Theme
from fallwatch.ui.trials import Trials
from tests.ui.fakes import nameless

FRAME = Frame("Hall", 0, 0.0, np.full((48, 64, 3), 90, np.uint8))
IP = CameraSettings(name="Hall", source="rtsp://10.0.0.7/one", user="anna", privacy="blur")

Make = Callable[..., CameraDialog]


@pytest.fixture
def make(qtbot: QtBot, theme: Theme) -> Iterator[Make]:
    bridge = Bridge()

    def make(**options: object) -> CameraDialog:
        options.setdefault("try_camera", lambda camera, password: FRAME)
        dialog = CameraDialog(
            theme,
            Trials(bridge),
            lambda: [FoundWebcam("0", "Built-in"), FoundWebcam("2", "On the shelf")],
            options.pop("try_camera"),  # type: ignore[arg-type]
            **options,  # type: ignore[arg-type]
        )
        qtbot.addWidget(dialog)
        qtbot.waitUntil(lambda: dialog.webcams.count() == 2)
        return dialog

    yield make
    bridge.close()


def can_save(dialog: CameraDialog) -> bool:
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()


def test_a_webcam_needs_only_a_name(qtbot: QtBot, make: Make) -> None:
    dialog = make()
    assert not can_save(dialog)
    qtbot.keyClicks(dialog.name, "Bedroom")
    assert can_save(dialog)
    dialog.webcams.setCurrentIndex(1)
    assert dialog.camera == CameraSettings(name="Bedroom", source="2")


def test_an_address_is_checked_while_it_is_typed(qtbot: QtBot, make: Make) -> None:
    dialog = make()
    dialog.name.setText("Bedroom")
    dialog.network.setChecked(True)
    assert not can_save(dialog)
    assert dialog.problem.text() == ""
    qtbot.keyClicks(dialog.address, "cam")
    assert not can_save(dialog)
    assert "not a camera address" in dialog.problem.text()
    dialog.address.setText(" rtsp://10.0.0.7/one ")
    assert can_save(dialog)
    assert dialog.camera.source == "rtsp://10.0.0.7/one"


def test_a_login_within_the_address_is_taken_out_of_it(make: Make) -> None:
    dialog = make()
    dialog.name.setText("Bedroom")
    dialog.network.setChecked(True)
    dialog.address.setText("rtsp://anna:secret@10.0.0.7/one")
    assert (dialog.camera.source, dialog.camera.user) == ("rtsp://10.0.0.7/one", "anna")
    assert dialog.typed_password == "secret"
    assert "secret" not in dialog.camera.model_dump_json()


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


def test_a_test_shows_the_picture(qtbot: QtBot, make: Make) -> None:
    dialog = make(camera=IP)
    assert dialog.picture.picture_rect().isEmpty()
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "works" in dialog.problem.text())
    assert "64 × 48" in dialog.problem.text()
    assert not dialog.picture.picture_rect().isEmpty()


def test_a_camera_can_be_tested_before_the_room_has_a_name(qtbot: QtBot, make: Make) -> None:
    dialog = make()
    assert not can_save(dialog)
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "works" in dialog.problem.text())


def test_a_test_says_what_is_wrong_and_may_be_repeated(qtbot: QtBot, make: Make) -> None:
    def fail(camera: CameraSettings, password: str | None) -> Frame:
        raise SourceError(f"{camera.source} answers, but wants another password than {password}.")

    dialog = make(camera=IP, try_camera=fail)
    dialog.password.setText("old")
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "another password than old" in dialog.problem.text())
    assert dialog.test_button.isEnabled()


def test_an_answer_after_closing_is_not_waited_for(qtbot: QtBot, make: Make) -> None:
    dialog = make(camera=IP)
    dialog.test_button.click()
    dialog.reject()
    qtbot.wait(50)
    assert "works" not in dialog.problem.text()


def test_every_field_has_a_name_for_screen_readers(make: Make) -> None:
    assert nameless(make(camera=IP)) == []
