"""The page for phones with an alarm, as a phone shows it, for a picture of it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from fallwatch.core.types import EventKind
from fallwatch.pipeline.health.status import MonitorState
from fallwatch.recording.jpeg import to_jpeg
from fallwatch.ui.text.language import spoken
from fallwatch.web.server import WebServer
from tests.alarms.builders import make_event
from tests.screens.scene import Scene, alarm_like, called
from tests.web.browser.phone import CHROMIUM, DRIVER, Browser
from tests.web.scene import Scene as Watch


def save_phone(scene: Scene, path: Path) -> bool:
    """Keep the page with a fall in the living room, in the language that is spoken.

    Returns:
        Whether there is a browser for it.
    """
    if not (CHROMIUM and DRIVER):
        return False
    with TemporaryDirectory() as folder:
        watch = Watch(Path(folder), room=called("Living room"))
        server = WebServer(watch.application, "127.0.0.1", 0)
        server.start()
        try:
            _fall(watch, scene)
            phone = Browser(Path(folder) / "browser", language=spoken())
            try:
                phone.pair(watch, server)
                phone.wait(
                    lambda: phone.run("return document.querySelector('.alarm img')?.complete")
                )
                # By then the room may have been seen too long ago to count as watched.
                phone.wait(lambda: _see(watch, scene) or "0" not in phone.says("#whole"))
                phone.driver.save_screenshot(str(path))
            finally:
                phone.driver.quit()
        finally:
            server.stop(10.0)
            watch.close()
    return True


def _see(watch: Watch, scene: Scene) -> None:
    moment = scene.moments["demo_fall"]
    watch.services.live_views.see(
        watch.room, replace(moment, frame=replace(moment.frame, camera=watch.room))
    )
    watch.tell(MonitorState.RUNNING)


def _fall(watch: Watch, scene: Scene) -> None:
    _see(watch, scene)
    moment = scene.moments["demo_fall"]
    event = make_event(EventKind.FALL, camera=watch.room, evidence=alarm_like("", 0).evidence)
    alarm = watch.services.dispatcher.raise_event(
        event, started_unix_s=time.time(), from_clip=False
    )
    media = watch.services.media
    media.write(media.snapshot(alarm.event_id), to_jpeg(moment.frame.image_bgr))
