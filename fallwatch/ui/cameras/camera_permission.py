"""The system's question whether webcams may be used, asked before any is opened."""

from __future__ import annotations

import os
import sys
from typing import Any

from PySide6.QtCore import QCameraPermission, QCoreApplication, Qt

from fallwatch.sources.camera.camera_access import CameraAccess, camera_access
from fallwatch.system.program.own_command import is_bundle


def ask_for_camera(
    application: QCoreApplication | Any,
    access: CameraAccess = camera_access,
    platform: str = sys.platform,
) -> None:
    """Ask, if this system does and nobody has answered yet. Only on the window's thread.

    Without a bundle it is the terminal that has the permission, and the system asks by itself.

    Args:
        application: Asks.
        access: Where the answer goes.
        platform: As ``sys.platform`` says.
    """
    if platform != "darwin" or not is_bundle():
        return
    # OpenCV would ask from the camera's thread, where the system shows no question.
    os.environ["OPENCV_AVFOUNDATION_SKIP_AUTH"] = "1"
    permission = QCameraPermission()
    status = application.checkPermission(permission)
    if status is Qt.PermissionStatus.Undetermined:
        access.expect()
        application.requestPermission(
            permission,
            application,
            lambda given: access.answer(given.status() is Qt.PermissionStatus.Granted),
        )
    else:
        access.answer(status is Qt.PermissionStatus.Granted)
