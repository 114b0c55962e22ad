"""The page in a real browser: pairing, live pictures, alarms, and a server that is gone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fallwatch.core.types import AlarmState
from fallwatch.web.server import WebServer
from tests.web.browser.phone import NEEDS_CHROMIUM, PATIENCE_S, Browser
from tests.web.scene import Scene

pytest.importorskip("selenium.webdriver", reason="selenium is not installed")

pytestmark = NEEDS_CHROMIUM


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
    assert late_s < PATIENCE_S
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
