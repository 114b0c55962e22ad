"""The page in a real browser: pairing, live images, alarms, and a server that is gone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fallwatch.core.types import AlarmState
from fallwatch.web.server import WebServer
from tests.web.browser.phone import NEEDS_CHROMIUM, PATIENCE_S, Browser
from tests.web.scene import ROOM, Scene

Keys = pytest.importorskip("selenium.webdriver", reason="selenium is not installed").Keys

pytestmark = NEEDS_CHROMIUM


@pytest.mark.usefixtures("camera")
def test_from_pairing_to_the_acknowledged_alarm(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser]
) -> None:
    phone = open_browser()
    phone.pair(scene, server)
    image = phone.one(".picture img")
    phone.wait(lambda: image.get_attribute("src"))
    first = image.get_attribute("src")
    phone.wait(lambda: image.get_attribute("src") != first)
    assert phone.says(".chip") == "Monitoring"
    phone.keep_screen("phone-rooms")
    alarm = scene.fall()
    phone.wait(lambda: "Fall" in phone.says(".alarm h3"))
    phone.wait(lambda: phone.says(".chip") == "Alarm")
    late_s = phone.run(f"return (Date.now() - Date.parse('{alarm.started_utc}')) / 1000")
    assert late_s < PATIENCE_S
    print(f"On the page {late_s:.1f} s after it was raised.")  # noqa: T201 - read where it matters
    assert phone.driver.title == "ALARM: Fall – Living room"
    assert phone.one("#icon").get_attribute("href").endswith("/alarm.svg")
    phone.keep_screen("phone-alarm")
    phone.size(1280, 800)
    phone.keep_screen("desk-alarm")
    phone.one(".alarm .main-button").click()
    phone.wait(lambda: "Acknowledged by Phone" in phone.says(".alarm"))
    (known,) = scene.services.dispatcher.open_alarms
    assert known.state is AlarmState.ACKNOWLEDGED
    assert known.acknowledged_by == "Phone"
    phone.wait(lambda: "Acknowledged by Phone" in phone.says(".event summary"))
    assert phone.driver.title == "fallwatch"
    assert phone.one("#icon").get_attribute("href").endswith("/fallwatch.svg")
    phone.keep_screen("desk-events")


@pytest.mark.usefixtures("camera")
@pytest.mark.parametrize("dark", [False, True])
def test_an_open_alarm_stays_in_reach_while_the_page_is_scrolled(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser], dark: bool
) -> None:
    phone = open_browser(dark=dark)
    phone.pair(scene, server)
    scene.fall()
    phone.wait(lambda: phone.all(".alarm .main-button"))
    assert not phone.one("#to-alarm").is_displayed(), "it is in view"
    phone.run("window.scrollTo(0, document.body.scrollHeight)")
    phone.wait(lambda: phone.one("#to-alarm").is_displayed())
    assert "Fall – Living room" in phone.says("#to-alarm")
    assert phone.one("#to-alarm").rect["y"] - phone.run("return scrollY") < 1, "at the top"
    phone.keep_screen(f"phone-scrolled{'-dark' if dark else ''}")
    phone.size(1280, 800)
    phone.run("window.scrollTo(0, document.body.scrollHeight)")
    phone.wait(lambda: phone.one("#to-alarm").is_displayed())
    phone.keep_screen(f"desk-scrolled{'-dark' if dark else ''}")
    phone.one("#to-alarm").click()
    phone.wait(lambda: not phone.one("#to-alarm").is_displayed())
    phone.one(".alarm .main-button").click()
    phone.wait(lambda: "Acknowledged by Phone" in phone.says(".alarm"))
    phone.run("window.scrollTo(0, document.body.scrollHeight)")
    assert not phone.one("#to-alarm").is_displayed(), "nothing waits"


@pytest.mark.usefixtures("camera")
def test_a_second_phone_sees_that_the_first_has_acknowledged(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser]
) -> None:
    first, second = open_browser(), open_browser(language="de")
    first.pair(scene, server, "acknowledge", name="Anna")
    second.pair(scene, server, "acknowledge", name="Ben")
    scene.fall()
    first.wait(lambda: first.all(".alarm .main-button"))
    second.wait(lambda: second.all(".alarm .main-button"))
    first.one(".alarm .main-button").click()
    second.wait(lambda: "Bestätigt von Anna" in second.says(".alarm"))
    assert not second.all(".alarm button")
    assert second.driver.title == "fallwatch"


@pytest.mark.usefixtures("camera")
def test_all_can_be_done_with_the_keyboard_alone(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser]
) -> None:
    phone = open_browser()
    code = scene.pairing.begin("administer")
    phone.driver.get(f"http://127.0.0.1:{server.port}/pair")
    phone.wait(lambda: phone.says("button[type=submit]"))
    phone.tab_to("#code")
    phone.press(code)
    phone.tab_to("#name")
    phone.press("Anna", Keys.ENTER)
    phone.wait(lambda: phone.all(".room"))
    scene.fall()
    phone.wait(lambda: phone.all(".alarm .main-button"))
    phone.tab_to(".skip")
    assert phone.one(".skip").rect["x"] >= 0, "it is seen while it has the focus"
    phone.tab_to(".alarm .main-button")
    outline = phone.run("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    phone.press(Keys.ENTER)
    phone.wait(lambda: "Acknowledged by Anna" in phone.says(".alarm"))
    phone.tab_to(".picture button")
    phone.press(Keys.SPACE)
    phone.wait(lambda: phone.all(".room.large"))
    phone.tab_to(".room .visit button")
    phone.press(Keys.ENTER)
    phone.wait(lambda: scene.services.visits.rooms == ("Living room",))
    phone.tab_to(".room .controls:not(.visit) button")
    phone.press(Keys.ENTER)
    phone.wait(lambda: scene.services.snooze.left_s("Living room") > 0)
    phone.tab_to(".event summary")
    phone.press(Keys.ENTER)
    phone.wait(lambda: phone.all(".event[open]"))
    phone.tab_to("#let-in")
    phone.press(Keys.ENTER)
    phone.wait(lambda: phone.all("#code strong"))
    phone.tab_to("#sign-out")
    phone.press(Keys.ENTER)
    phone.wait(lambda: phone.driver.current_url.endswith("/pair"))


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
def test_a_server_that_is_gone_is_told_and_no_image_counts_as_live(
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


def test_a_paused_room_stays_in_sight_and_offers_nothing(
    scene: Scene, server: WebServer, open_browser: Callable[..., Browser]
) -> None:
    views = scene.services.live_views
    phone = open_browser()
    phone.pair(scene, server, "acknowledge")
    phone.wait(lambda: bool(phone.all(".foot button")))
    views.end(ROOM)
    views.pause(ROOM, "Maria", time.time() + 600.0)
    phone.wait(lambda: phone.says(".chip") == "Paused")
    phone.wait(lambda: "Nobody watches this room until" in phone.says(".foot"))
    assert phone.says(".foot").endswith("Paused by Maria.")
    assert phone.says("#whole") == "0 of 1 rooms watched"
    assert not phone.all(".foot button")
    phone.keep_screen("phone-paused")
    views.begin(ROOM, "off")
    scene.see()
    phone.wait(lambda: bool(phone.all(".foot button")))


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
