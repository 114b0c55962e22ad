"""The page beside a watch: begun and ended as the settings say, and notified phones with it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from fallwatch.settings import WebSettings
from fallwatch.web.page_service import (
    DEVICES_DAMAGED,
    PAGE_ATTACKED,
    PAGE_FAILED,
    PUSH_KEY_LOST,
    PageService,
)
from fallwatch.web.push.server_key import SERVER_KEY_FILE
from tests.waiting import wait_until
from tests.web.push.fake_service import FakePushService
from tests.web.scene import ROOM, Scene


class House:
    """A page service whose settings and clock are the test's."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.web = WebSettings(enabled=True, port=port, tls=False)
        self.now_s = 0.0
        self.services = scene.services
        self.page = PageService(
            lambda: self.web, scene.services, folder, monotonic=lambda: self.now_s
        )

    def kinds(self) -> set[str]:
        return {each.kind for each in self.services.dispatcher.open_alarms}


@pytest.fixture
def house(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("FALLWATCH_HOME", str(tmp_path / "home"))
    house = House(scene, tmp_path)
    yield house
    house.page.stop(5.0)


def test_a_port_that_is_taken_is_tried_again_until_it_is_free(house: House) -> None:
    with socket.create_server(("127.0.0.1", house.web.port)):
        house.page.follow()
        assert PAGE_FAILED in house.kinds()
        assert house.page.problem is not None
        house.now_s += 14.0
        house.page.follow()
        house.now_s += 2.0
        house.page.follow()
        assert PAGE_FAILED in house.kinds()
    house.page.follow()
    assert house.page.problem is not None, "not each second"
    house.now_s += 16.0
    house.page.follow()
    assert house.page.problem is None
    assert PAGE_FAILED not in house.kinds()
    with socket.create_connection(("127.0.0.1", house.web.port), timeout=30):
        pass


def test_phones_are_notified_while_the_page_is_on_also_if_its_port_is_taken(
    house: House, scene: Scene
) -> None:
    service = FakePushService()
    try:
        device, _ = house.page.devices.add("Anna", "look")
        house.page._push.key.public()  # a browser subscribes with it
        house.page.devices.subscribe(device.device_id, service.subscription())
        with socket.create_server(("127.0.0.1", house.web.port)):
            house.page.follow()
            scene.fall()
            wait_until(lambda: service.arrived)
            assert service.contents()[0]["title"] == f"Fall – {ROOM}"
        house.web = WebSettings()
        house.page.follow()
        before = len(service.arrived)
        alarm = scene.services.dispatcher.open_alarms[0]
        scene.services.dispatcher.acknowledge(alarm.event_id, "Ben")
        scene.fall()
        assert len(service.arrived) == before, "the page is off, and so are they"
    finally:
        service.close()


def test_who_guesses_codes_is_named(house: House) -> None:
    code = house.page.pairing.begin("look")
    for number in range(30):
        assert house.page.pairing.redeem(f"{number}", "10.0.0.66") is None
    assert house.page.pairing.redeem(code, "10.0.0.7") == "look"
    (alarm,) = (a for a in house.services.dispatcher.open_alarms if a.kind == PAGE_ATTACKED)
    assert "10.0.0.66" in str(alarm.evidence[0])


def test_devices_that_another_fallwatch_let_in_are_let_in_here(house: House) -> None:
    house.page.devices.all()
    other = PageService(lambda: house.web, house.services, house.page._folder)
    device, secret = other.devices.add("Anna", "look")
    found = house.page.devices.find(secret)
    assert found is not None
    assert found.device_id == device.device_id


def test_a_damaged_list_of_phones_ends_no_notifications_and_is_an_alarm(
    house: House, scene: Scene, tmp_path: Path
) -> None:
    service = FakePushService()
    file = tmp_path / "devices.json"
    try:
        device, secret = house.page.devices.add("Anna", "look")
        house.page._push.key.public()
        house.page.devices.subscribe(device.device_id, service.subscription())
        house.page.follow()
        file.write_text("[{")
        house.page.follow()
        assert DEVICES_DAMAGED in house.kinds()
        scene.fall()
        wait_until(lambda: f"Fall – {ROOM}" in [each["title"] for each in service.contents()])
        assert house.page.devices.find(secret) is not None
        with pytest.raises(OSError, match="damaged"):
            house.page.devices.subscribe(device.device_id, None)
        assert file.read_text() == "[{"
        file.unlink()
        house.page.follow()
        assert DEVICES_DAMAGED not in house.kinds()
        assert "Anna" in file.read_text(), "those that are known still are kept"
    finally:
        service.close()


@pytest.mark.parametrize("content", [None, "-----BEGIN PRIV"])
def test_a_key_that_is_lost_while_phones_count_on_it_is_an_alarm_at_once(
    house: House, scene: Scene, tmp_path: Path, content: str | None
) -> None:
    service = FakePushService()
    file = tmp_path / SERVER_KEY_FILE
    try:
        device, _ = house.page.devices.add("Anna", "look")
        house.page._push.key.public()
        assert PUSH_KEY_LOST not in house.kinds(), "nobody counts on it yet"
        house.page.devices.subscribe(device.device_id, service.subscription())
        house.page.follow()
        assert PUSH_KEY_LOST not in house.kinds()
        house.page.stop()
        if content is None:
            file.unlink()
        else:
            file.write_text(content)
        next_run = PageService(lambda: house.web, house.services, tmp_path)
        next_run.follow()
        next_run.stop(5.0)
        assert PUSH_KEY_LOST in house.kinds()
    finally:
        service.close()


def test_a_key_that_cannot_be_read_is_said_until_it_can(
    house: House, scene: Scene, tmp_path: Path
) -> None:
    service = FakePushService()
    file = tmp_path / SERVER_KEY_FILE
    file.mkdir()
    try:
        device, _ = house.page.devices.add("Anna", "look")
        house.page.devices.subscribe(device.device_id, service.subscription())
        house.page.follow()
        problem = house.page.push_problem
        assert problem is not None
        assert SERVER_KEY_FILE in str(problem)
        file.rmdir()
        house.page.follow()
        assert house.page.push_problem is None
    finally:
        service.close()
