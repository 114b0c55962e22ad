"""Notifications in a real browser: switched on, shown by the service worker, and pressed.

A push service is nothing that a test has: what the browser would give out is put in its place, and
what would come from there is handed to the real service worker by the browser's own tools.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fallwatch.events.times import utc_now
from fallwatch.web.access.certificate import own_certificate
from fallwatch.web.push.push_messenger import alarm_content
from fallwatch.web.server import WebServer
from tests.web.access.test_subscription import KEYS
from tests.web.browser.phone import NEEDS_CHROMIUM, Browser
from tests.web.scene import ROOM, Scene

pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
websocket = pytest.importorskip("websocket", reason="comes with selenium")

pytestmark = NEEDS_CHROMIUM

_ENDPOINT = "https://push.example.org/one"

#: Before the page's own scripts: what the browser gives out for a key.
_FAKE_SUBSCRIPTION = """
let given = null;
PushManager.prototype.getSubscription = async () => given;
PushManager.prototype.subscribe = async (options) => {
  given = {
    options: { applicationServerKey: options.applicationServerKey.buffer },
    toJSON: () => (%s),
    unsubscribe: async () => { given = null; return true; },
  };
  return given;
};
""" % json.dumps({"endpoint": _ENDPOINT, "keys": KEYS})  # noqa: UP031 - full of braces


def prepare(phone: Browser, server: WebServer, script: str = _FAKE_SUBSCRIPTION) -> None:
    """Allow notifications, and put a script before those of the page."""
    phone.driver.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"origin": f"http://127.0.0.1:{server.port}", "permissions": ["notifications"]},
    )
    phone.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})


def shown(phone: Browser) -> list[dict[str, Any]]:
    """The notifications that stand on the phone."""
    found: list[dict[str, Any]] = phone.driver.execute_async_script(
        "const done = arguments[0]; navigator.serviceWorker.ready"
        ".then((each) => each.getNotifications())"
        ".then((all) => done(all.map(({title, body, tag, requireInteraction}) =>"
        " ({title, body, tag, requireInteraction}))))"
    )
    return found


class Worker:
    """The page's service worker, by the browser's own tools."""

    def __init__(self, phone: Browser, server: WebServer) -> None:
        self._phone, self._origin = phone, f"http://127.0.0.1:{server.port}"
        phone.driver.execute_async_script(
            "const done = arguments[0]; navigator.serviceWorker.ready.then(() => done())"
        )

    def push(self, content: dict[str, str]) -> None:
        """As if it came from a push service."""
        self._phone.driver.execute_cdp_cmd("ServiceWorker.enable", {})
        for number in range(10):  # which one is told by an event that this driver does not hand on
            self._phone.driver.execute_cdp_cmd(
                "ServiceWorker.deliverPushMessage",
                {
                    "origin": self._origin,
                    "registrationId": str(number),
                    "data": json.dumps(content),
                },
            )

    def press_notification(self) -> None:
        """As a finger does; only the window is not brought to the front."""
        address = self._phone.driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
        with urllib.request.urlopen(f"http://{address}/json/list", timeout=30) as reply:
            targets = json.loads(reply.read())
        (target,) = (each for each in targets if each["type"] == "service_worker")
        script = (
            "registration.getNotifications().then(([notification]) => "
            "dispatchEvent(new NotificationEvent('notificationclick', {notification})))"
        )
        command = {"expression": script, "awaitPromise": True}
        with closing(
            websocket.create_connection(
                target["webSocketDebuggerUrl"], timeout=30, suppress_origin=True
            )
        ) as tools:
            tools.send(json.dumps({"id": 1, "method": "Runtime.evaluate", "params": command}))
            tools.recv()


def test_a_phone_switches_notifications_on_tries_them_and_off_again(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser]
) -> None:
    phone = open_browser()
    prepare(phone, server)
    scene.see()
    phone.pair(scene, server, "look")
    phone.wait(lambda: phone.says("#push-switch") == "Notify this phone")
    assert "only while the page is open" in phone.says("#push-state")
    phone.one("#push").location_once_scrolled_into_view  # noqa: B018 - selenium's way to scroll
    phone.keep_screen("phone-push-off")
    phone.one("#push-switch").click()
    phone.wait(lambda: "is notified of alarms" in phone.says("#push-state"))
    (device,) = scene.devices.all()
    assert device.push is not None
    assert device.push.endpoint == _ENDPOINT
    assert phone.one("#push-test").is_displayed()
    phone.keep_screen("phone-push-on")
    # The browser has forgotten it, as after its data was cleared.
    phone.driver.refresh()
    phone.wait(lambda: "has ended" in phone.says("#push-state"))
    assert phone.says("#push-switch") == "Notify this phone"
    # The push service has ended it.
    scene.devices.subscribe(device.device_id, None)
    phone.driver.refresh()
    phone.wait(lambda: phone.says("#push-switch") == "Notify this phone")
    phone.one("#push-switch").click()
    phone.wait(lambda: phone.says("#push-switch") == "Notify this phone no more")
    phone.one("#push-switch").click()
    phone.wait(lambda: phone.says("#push-switch") == "Notify this phone")
    assert scene.devices.all()[0].push is None


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            "Object.defineProperty(window, 'isSecureContext', {get: () => false});",
            "nicht verschlüsselt",
        ),
        ("delete window.PushManager;", "Dieser Browser kann Sie nicht benachrichtigen"),
        (
            "delete window.PushManager; navigator.standalone = false;",
            "Home-Bildschirm",
        ),
        (
            "ServiceWorkerContainer.prototype.register = async () => { throw new Error(); };",
            "Dieser Browser kann Sie nicht benachrichtigen",
        ),
        (
            "Object.defineProperty(Notification, 'permission', {get: () => 'denied'});",
            "gesperrt",
        ),
    ],
)
def test_where_it_cannot_work_the_page_says_so(
    scene: Scene,
    server: WebServer,
    open_browser: Callable[..., Browser],
    script: str,
    words: str,
) -> None:
    phone = open_browser(language="de", dark=True)
    prepare(phone, server, _FAKE_SUBSCRIPTION + script)
    scene.see()
    phone.pair(scene, server, "look")
    phone.wait(lambda: words in phone.says("#push-state"))
    assert not phone.one("#push-switch").is_displayed()


def test_an_alarm_is_shown_opens_itself_and_its_end_takes_its_place(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser]
) -> None:
    phone = open_browser()
    prepare(phone, server)
    scene.see()
    phone.pair(scene, server)
    alarm = scene.fall()
    phone.wait(lambda: phone.all(".alarm"))
    worker = Worker(phone, server)
    now = utc_now().astimezone()
    worker.push(alarm_content(alarm, "en", now))
    phone.wait(lambda: shown(phone))
    (notification,) = shown(phone)
    assert notification["title"] == f"Fall – {ROOM}"
    assert notification["requireInteraction"]
    # Pressed: the alarm comes into view on the page that is open.
    phone.run("window.scrollTo(0, document.body.scrollHeight); document.activeElement.blur()")
    worker.press_notification()
    phone.wait(lambda: shown(phone) == [])
    phone.wait(lambda: phone.run("return document.activeElement.id") == f"alarm-{alarm.event_id}")
    scene.services.dispatcher.acknowledge(alarm.event_id, "Ben")
    ended = scene.services.store.get(alarm.event_id)
    assert ended is not None
    worker.push(alarm_content(alarm, "en", now))
    worker.push(alarm_content(ended, "en", now))
    phone.wait(lambda: shown(phone) != [] and "Acknowledged by Ben." in shown(phone)[0]["body"])
    assert len(shown(phone)) == 1
    # By its address, where the page was not open; the alarm is acknowledged, and still there.
    phone.driver.get(f"http://127.0.0.1:{server.port}/#alarm-{alarm.event_id}")
    phone.driver.refresh()
    phone.wait(lambda: phone.run("return document.activeElement.id") == f"alarm-{alarm.event_id}")


def test_with_a_home_made_certificate_the_page_works_and_says_why_nobody_is_notified(
    scene: Scene, open_browser: Callable[..., Browser], tmp_path: Path
) -> None:
    certificate = own_certificate(tmp_path / "certificate.pem")
    server = WebServer(scene.application, "127.0.0.1", 0, certificate)
    server.start()
    try:
        phone = open_browser(language="de")
        scene.see()
        code = scene.pairing.begin("look")
        phone.driver.get(f"https://127.0.0.1:{server.port}/pair#{code}")
        phone.wait(lambda: phone.driver.title)
        phone.press("thisisunsafe")  # what Chromium wants of who knows what they do
        phone.pair_here(code)
        phone.wait(lambda: "selbst gemacht" in phone.says("#push-state"))
        assert not phone.one("#push-switch").is_displayed()
        phone.run("document.getElementById('push').scrollIntoView()")
        phone.keep_screen("phone-certificate-german")
    finally:
        server.stop(10.0)
