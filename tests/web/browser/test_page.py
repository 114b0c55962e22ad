"""The page in a real browser: pairing, live pictures, alarms, and a server that is gone."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fallwatch.core.types import AlarmState
from fallwatch.web.server import WebServer
from tests.web.scene import Scene

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="chromium and its driver are not installed"
)

#: A busy computer is slow; what the page itself promises is asked of its own clock.
_PATIENCE_S = 60.0

#: Where the screens are kept to be looked at, if anywhere.
_SCREENS = os.environ.get("FALLWATCH_SCREENS")


@pytest.fixture
def server(scene: Scene) -> Iterator[WebServer]:
    server = WebServer(scene.application, "127.0.0.1", 0)
    server.start()
    yield server
    server.stop(10.0)


@pytest.fixture
def camera(scene: Scene) -> Iterator[None]:
    """A room whose picture changes five times a second."""
    ended = threading.Event()

    def film() -> None:
        grey = 40
        while not ended.wait(0.2):
            grey = (grey + 10) % 200
            scene.see(grey)

    thread = threading.Thread(target=film)
    thread.start()
    yield
    ended.set()
    thread.join()


class Browser:
    """A phone with the page open."""

    def __init__(self, folder: Path, *, language: str = "en", dark: bool = False) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            f"--user-data-dir={folder}",
            f"--lang={language}",
        ):
            options.add_argument(argument)
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        service = webdriver.ChromeService(executable_path=DRIVER)
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(_PATIENCE_S)
        if dark:
            features = [{"name": "prefers-color-scheme", "value": "dark"}]
            self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.size(390, 844)

    def size(self, width: int, height: int) -> None:
        """Show the page as on a screen of this size."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def pair(self, scene: Scene, server: WebServer, role: Any = "administer") -> None:
        """Be let in, as by the picture of the code."""
        code = scene.pairing.begin(role)
        self.driver.get(f"http://127.0.0.1:{server.port}/pair#{code}")
        self.wait(lambda: self.one("#code").get_attribute("value") == code)
        self.one("button[type=submit]").click()
        self.wait(lambda: self.all(".room"))

    def one(self, css: str) -> Any:
        return self.driver.find_element("css selector", css)

    def all(self, css: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", css))

    def says(self, css: str) -> str:
        return " ".join(each.text for each in self.all(css))

    def run(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def wait(self, condition: Callable[[], object]) -> None:
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(
            self.driver,
            _PATIENCE_S,
            poll_frequency=0.1,
            ignored_exceptions=(StaleElementReferenceException,),
        ).until(lambda _: condition())

    def keep_screen(self, name: str) -> None:
        if _SCREENS:
            self.driver.save_screenshot(str(Path(_SCREENS) / f"{name}.png"))


@pytest.fixture
def open_browser(tmp_path: Path) -> Iterator[Callable[..., Browser]]:
    browsers: list[Browser] = []

    def opened(**options: Any) -> Browser:
        browsers.append(Browser(tmp_path / f"browser{len(browsers)}", **options))
        return browsers[-1]

    yield opened
    for browser in browsers:
        browser.driver.quit()


@pytest.mark.usefixtures("camera")
def test_from_pairing_to_the_acknowledged_alarm(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser]
) -> None:
    phone = open_browser()
    phone.pair(scene, server)
    picture = phone.one(".picture img")
    phone.wait(lambda: picture.get_attribute("src"))
    first = picture.get_attribute("src")
    phone.wait(lambda: picture.get_attribute("src") != first)
    assert phone.says(".chip") == "Monitoring"
    phone.keep_screen("phone-rooms")
    alarm = scene.fall()
    phone.wait(lambda: "Fall" in phone.says(".alarm h3"))
    phone.wait(lambda: phone.says(".chip") == "Alarm")
    late_s = phone.run(f"return (Date.now() - Date.parse('{alarm.started_utc}')) / 1000")
    assert late_s < _PATIENCE_S
    print(f"On the page {late_s:.1f} s after it was raised.")  # noqa: T201 - read where it matters
    assert "ALARM" in phone.driver.title
    phone.keep_screen("phone-alarm")
    phone.size(1280, 800)
    phone.keep_screen("desk-alarm")
    phone.one(".alarm .main-button").click()
    phone.wait(lambda: "Acknowledged by Phone" in phone.says(".alarm"))
    (known,) = scene.services.dispatcher.open_alarms
    assert known.state is AlarmState.ACKNOWLEDGED
    assert known.acknowledged_by == "Phone"
    phone.wait(lambda: "Acknowledged by Phone" in phone.says(".event summary"))
    phone.keep_screen("desk-events")


@pytest.mark.usefixtures("camera")
def test_a_phone_that_is_put_out_sees_nothing_more(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser]
) -> None:
    phone = open_browser(language="de", dark=True)
    phone.pair(scene, server, "look")
    phone.wait(lambda: phone.says(".chip") == "Überwacht")
    scene.fall()
    phone.wait(lambda: "Sturz" in phone.says(".alarm h3"))
    assert not phone.all(".alarm button"), "it may only look"
    phone.keep_screen("phone-dark-german")
    scene.devices.revoke(scene.devices.all()[0].device_id)
    phone.wait(lambda: phone.driver.current_url.endswith("/pair"))


@pytest.mark.usefixtures("camera")
def test_a_server_that_is_gone_is_told_and_no_picture_counts_as_live(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser]
) -> None:
    phone = open_browser()
    phone.pair(scene, server)
    phone.wait(lambda: phone.one(".picture img").get_attribute("src"))
    server.stop(10.0)
    phone.wait(lambda: phone.one("#lost").is_displayed())
    assert "you are not watching" in phone.says("#lost")
    assert not phone.one(".chip").is_displayed(), "what it said last is no news"
    phone.wait(lambda: phone.one(".picture .stale").is_displayed())
    phone.keep_screen("phone-lost")


@pytest.mark.usefixtures("camera")
def test_a_connection_that_went_mute_is_told_and_opened_again(
    scene: Scene,
    server: WebServer,
    open_browser: Callable[..., Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phone = open_browser()
    phone.pair(scene, server)
    # A stream tells its first state and nothing more, as if its connection had died on the way.
    monkeypatch.setattr("fallwatch.web.application._LOOK_S", 3600.0)
    scene.fall()
    # It may tell this one at its last look: the next can come by another stream alone.
    phone.wait(lambda: "Fall" in phone.says(".alarm h3"))
    scene.services.dispatcher.acknowledge(
        scene.services.dispatcher.open_alarms[0].event_id, "somebody else"
    )
    phone.wait(lambda: "Acknowledged by somebody else" in phone.says(".alarm"))


def test_an_alarm_is_whole_on_a_small_phone_with_large_letters_and_told_anew(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser]
) -> None:
    scene.see()
    phone = open_browser()
    phone.pair(scene, server)
    phone.size(360, 740)
    phone.run("document.documentElement.style.fontSize = '200%'")
    scene.fall()
    phone.wait(lambda: "Fall" in phone.says(".alarm h3"))
    assert phone.run("return document.documentElement.scrollWidth") <= 360
    phone.one(".alarm .main-button").click()
    phone.wait(lambda: "Acknowledged by Phone" in phone.says(".alarm"))
    scene.fall()
    phone.wait(lambda: "Still on the floor" in phone.says(".alarm h3"))


@pytest.mark.usefixtures("camera")
@pytest.mark.parametrize(("language", "dark"), [("en", False), ("de", True)])
def test_a_carer_says_that_they_are_in_the_room_and_have_left_it(
    scene: Scene,
    server: WebServer,
    open_browser: Callable[..., Browser],
    language: str,
    dark: bool,
) -> None:
    here, over, paused, chip = {
        "en": ("I am in the room", "The visit is over", "Alarms paused until", "Care visit"),
        "de": ("Ich bin im Raum", "Der Besuch ist vorbei", "Alarme pausiert bis", "Pflegebesuch"),
    }[language]
    phone = open_browser(language=language, dark=dark)
    phone.pair(scene, server, "acknowledge")
    phone.wait(lambda: phone.says(".visit") == here)
    phone.one(".visit button").click()
    phone.wait(lambda: paused in phone.says(".visit") and phone.says(".visit").endswith(over))
    phone.wait(lambda: phone.says(".chip") == chip)
    assert scene.services.visits.left_s("Living room") > 0
    assert phone.run("return document.documentElement.scrollWidth") <= 390
    phone.keep_screen(f"phone-visit-{language}")
    phone.one(".visit button").click()
    phone.wait(lambda: phone.says(".visit") == here)
    assert scene.services.visits.rooms == ()


@pytest.mark.usefixtures("camera")
def test_who_may_only_look_sees_the_visit_and_cannot_end_it(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser]
) -> None:
    scene.see()
    scene.services.visits.begin("Living room", "maria")
    phone = open_browser()
    phone.pair(scene, server, "look")
    phone.wait(lambda: "Alarms paused until" in phone.says(".visit"))
    assert "maria" in phone.says(".foot")
    assert not phone.all(".visit button")


@pytest.mark.usefixtures("camera")
def test_axe_finds_nothing_serious(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser]
) -> None:
    axe = os.environ.get("FALLWATCH_AXE")
    if not axe:
        pytest.skip("FALLWATCH_AXE names no axe.min.js (npm pack axe-core)")
    for dark in (False, True):
        phone = open_browser(dark=dark)
        phone.pair(scene, server)
        scene.fall()
        phone.wait(lambda phone=phone: phone.all(".alarm"))
        # By the driver's own way: the page's rules let in no script from elsewhere.
        phone.driver.execute_cdp_cmd(
            "Runtime.evaluate", {"expression": Path(axe).read_text(encoding="utf-8")}
        )
        found = phone.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document).then((r) => done(r.violations))"
        )
        serious = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
        assert serious == []
