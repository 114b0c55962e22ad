"""A watch with one room that needs no camera, and the page in front of it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from starlette.testclient import TestClient

from fallwatch.core.message import NO_MESSAGE
from fallwatch.core.types import Alarm, Analysis, Frame
from fallwatch.pipeline.health.status import MonitorState, MonitorStatus
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.settings import Settings
from fallwatch.system.secrets.passwords import Passwords
from fallwatch.web.access.devices import Devices, Role
from fallwatch.web.access.pairing import Pairing
from fallwatch.web.application import PageParts, make_application
from fallwatch.web.live_frames import LiveFrames
from fallwatch.web.push.push_recipients import PushRecipients
from fallwatch.web.push.server_key import SERVER_KEY_FILE, ServerKey
from fallwatch.web.state import PageState
from tests.alarms.builders import make_event

ROOM = "Living room"
POSTED = {"X-Fallwatch": "1"}


class Scene:
    """The alarm services of a watch, started, with one room in view."""

    def __init__(self, folder: Path, room: str = ROOM) -> None:
        self.room = room
        self.services = AlarmServices(Settings, Passwords(), folder=folder, channels=[])
        self.services.start()
        self.services.live_views.begin(room, "off")
        self.folder, self.devices_file = folder, folder / "devices.json"
        self.devices = Devices(self.devices_file)
        self.pairing = Pairing()
        key = ServerKey(folder / SERVER_KEY_FILE)
        self.push = PushRecipients(self.services, self.devices, key)
        self.frames = LiveFrames(self.services.live_views)
        parts = PageParts(
            self.services,
            PageState(self.services, folder),
            self.frames,
            self.devices,
            self.pairing,
            self.push,
        )
        self.application = make_application(parts, lambda: ["testserver"])
        self._number = 0

    def client(self, role: Role | None = "administer") -> TestClient:
        """A browser that is let in, or none."""
        client = TestClient(self.application, headers=POSTED)
        if role is not None:
            code = self.pairing.begin(role)
            assert client.post("/api/pair", json={"code": code, "device": "Anna"}).is_success
        return client

    def see(self, grey: int = 90) -> None:
        """A frame is analysed."""
        self._number += 1
        image = np.full((120, 160, 3), grey, np.uint8)
        frame = Frame(self.room, self._number, float(self._number), image)
        self.services.live_views.see(self.room, Analysis(frame))
        self.tell(MonitorState.RUNNING)

    def tell(self, state: MonitorState) -> None:
        """The room's state is told."""
        status = MonitorStatus(self.room, state, NO_MESSAGE, 10.0, 0.1)
        self.services.live_views.on_status(status)

    def fall(self) -> Alarm:
        """Somebody falls."""
        return self.services.dispatcher.raise_event(
            make_event(camera=self.room), started_unix_s=time.time(), from_clip=False
        )

    def close(self) -> None:
        """End everything."""
        self.push.stop()
        self.services.stop()
