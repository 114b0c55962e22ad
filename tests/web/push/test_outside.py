"""What is sent to push services goes nowhere in the own network, and ends in time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from fallwatch.core.protocols import ChannelError
from fallwatch.web.access.devices import Device
from fallwatch.web.access.subscription import is_global_address
from fallwatch.web.push import outside, push_messenger
from tests.web.push.fake_service import FakePushService
from tests.web.scene import Scene


@pytest.fixture
def phone(scene: Scene, service: FakePushService) -> Device:
    device, _ = scene.devices.add("Anna", "look")
    return replace(device, push=service.subscription())


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "192.168.1.1"], ["fe80::1%1"]])
def test_a_name_that_leads_into_the_own_network_is_sent_nothing(
    scene: Scene,
    service: FakePushService,
    phone: Device,
    monkeypatch: pytest.MonkeyPatch,
    addresses: list[str],
) -> None:
    port = int(service.address.rpartition(":")[2])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]
    monkeypatch.setattr(outside, "is_global_address", is_global_address)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(ChannelError, match="own network"):
        scene.push.send_trial(phone)
    assert service.arrived == []


@pytest.mark.parametrize(
    ("addresses", "refused"),
    [(["192.168.1.1"], True), (["8.8.8.8", "10.0.0.1"], True), (["8.8.8.8"], False), ([], False)],
)
def test_before_a_proxy_is_asked_the_name_is_looked_up_here(
    scene: Scene,
    service: FakePushService,
    phone: Device,
    monkeypatch: pytest.MonkeyPatch,
    addresses: list[str],
    refused: bool,
) -> None:
    real = socket.getaddrinfo

    def look_up(host: str, *rest: object, **options: object) -> object:
        if host != "push.example.org":
            return real(host, *rest, **options)  # type: ignore[arg-type]
        if not addresses:
            raise socket.gaierror("only the proxy knows names of the internet")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in addresses]

    monkeypatch.setattr(outside, "is_global_address", is_global_address)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, service.address)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")
    assert phone.push is not None
    away = replace(phone, push=replace(phone.push, endpoint="http://push.example.org/push/one"))
    if refused:
        with pytest.raises(ChannelError, match="own network"):
            scene.push.send_trial(away)
        assert service.arrived == []
    else:
        scene.push.send_trial(away)
        (arrived,) = service.arrived
        assert arrived.path == "http://push.example.org/push/one"


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("fcm.googleapis.com", False),
        ("wns2-par02p.notify.windows.com", False),
        ("fcm.googleapis.com.example.org", True),
        ("evilfcm.googleapis.com", True),
        ("notify.windows.com.", True),
    ],
)
def test_a_proxy_is_asked_for_browsers_services_whatever_the_own_network_calls_them(
    scene: Scene,
    service: FakePushService,
    phone: Device,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    refused: bool,
) -> None:
    real = socket.getaddrinfo

    def look_up(name: str, *rest: object, **options: object) -> object:
        if name != host:
            return real(name, *rest, **options)  # type: ignore[arg-type]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80))]

    monkeypatch.setattr(outside, "is_global_address", is_global_address)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, service.address)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")
    assert phone.push is not None
    away = replace(phone, push=replace(phone.push, endpoint=f"http://{host}/push/one"))
    if refused:
        with pytest.raises(ChannelError, match="own network"):
            scene.push.send_trial(away)
        assert service.arrived == []
    else:
        scene.push.send_trial(away)
        assert [each.path for each in service.arrived] == [f"http://{host}/push/one"]


@pytest.fixture
def dripping() -> Iterator[str]:
    """A service that begins an answer, and never ends it."""
    ending = threading.Event()

    def serve() -> None:
        with listener, listener.accept()[0] as line:
            line.recv(65536)
            line.sendall(b"HTTP/1.1 201 Created\r\nX-A: ")
            while not ending.wait(0.05):
                try:
                    line.sendall(b"a")
                except OSError:
                    return

    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/one"
    ending.set()
    thread.join()


def test_a_service_that_never_ends_its_answer_is_left(
    scene: Scene, phone: Device, dripping: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert phone.push is not None
    monkeypatch.setattr(push_messenger, "_WHOLE_S", 0.5)
    began_s = time.monotonic()
    with pytest.raises(ChannelError, match="cannot be reached"):
        scene.push.send_trial(replace(phone, push=replace(phone.push, endpoint=dripping)))
    assert time.monotonic() - began_s < 10.0


def test_phones_that_hang_share_the_time_in_which_they_are_to_end(
    scene: Scene, service: FakePushService
) -> None:
    for name in ("Anna", "Ben", "Cem", "Dora"):
        device, _ = scene.devices.add(name, "look")
        scene.devices.subscribe(device.device_id, service.subscription())
    service.gate.clear()
    scene.push.follow()
    scene.fall()
    deadline_s = time.monotonic() + 10.0
    while len(service.arrived) < 4 and time.monotonic() < deadline_s:
        time.sleep(0.02)
    began_s = time.monotonic()
    scene.push.stop(0.8)
    assert time.monotonic() - began_s < 1.6
    service.gate.set()
