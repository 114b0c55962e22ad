"""A phone with the page open: Debian's own Chromium, driven by selenium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fallwatch.web.server import WebServer
from tests.web.scene import Scene

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

NEEDS_CHROMIUM = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="chromium and its driver are not installed"
)

#: A busy computer is slow; what the page itself promises is asked of its own clock.
PATIENCE_S = 60.0

#: Where the screens are kept to be looked at, if anywhere.
_SCREENS = os.environ.get("FALLWATCH_SCREENS")


class Browser:
    """A phone with the page open."""

    def __init__(self, folder: Path, *, language: str = "en", dark: bool = False) -> None:
        from selenium import webdriver

        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            f"--user-data-dir={folder}",
            f"--lang={language}",
        ):
            options.add_argument(argument)
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        service = webdriver.ChromeService(executable_path=DRIVER)
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(PATIENCE_S)
        if dark:
            features = [{"name": "prefers-color-scheme", "value": "dark"}]
            self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.size(390, 844)

    def size(self, width: int, height: int) -> None:
        """Show the page as on a screen of this size."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def pair(
        self, scene: Scene, server: WebServer, role: Any = "administer", name: str = "Phone"
    ) -> None:
        """Be let in, as by the picture of the code."""
        code = scene.pairing.begin(role)
        self.driver.get(f"http://127.0.0.1:{server.port}/pair#{code}")
        self.pair_here(code, name)

    def pair_here(self, code: str, name: str = "Phone") -> None:
        """Be let in by the page that is being opened."""
        self.wait(lambda: self.all("#code"))
        self.wait(lambda: self.one("#code").get_attribute("value") == code)
        self.one("#name").clear()
        self.one("#name").send_keys(name)
        self.one("button[type=submit]").click()
        self.wait(lambda: self.all(".room"))

    def one(self, css: str) -> Any:
        return self.driver.find_element("css selector", css)

    def all(self, css: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", css))

    def says(self, css: str) -> str:
        return " ".join(each.text for each in self.all(css))

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def tab_to(self, css: str) -> None:
        """Press the tab key until the focus is there."""
        from selenium.webdriver import Keys

        for _ in range(100):
            self.press(Keys.TAB)
            if self.run(f"return document.activeElement.matches({css!r})"):
                return
        raise AssertionError(f"the tab key does not lead to {css}")

    def run(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def wait(self, condition: Callable[[], object]) -> None:
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(
            self.driver,
            PATIENCE_S,
            poll_frequency=0.1,
            ignored_exceptions=(StaleElementReferenceException,),
        ).until(lambda _: condition())

    def keep_screen(self, name: str) -> None:
        if _SCREENS:
            self.driver.save_screenshot(str(Path(_SCREENS) / f"{name}.png"))
