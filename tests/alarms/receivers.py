"""Real receivers for messages, on this computer alone: HTTP, mail and MQTT."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

#: User and password of the broker; the password must turn up nowhere.
USER, PASSWORD = "nurse", "s3cret&canary"


@dataclass
class Request:
    """One request a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpReceiver:
    """A web server that takes messages; it answers ``status``, late or while ``gate`` is open."""

    port: int = 0
    status: int = 200
    delay_s: float = 0.0
    requests: list[Request] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.requests.append(Request(self.path, dict(self.headers), body))
                receiver.gate.wait(10.0)
                time.sleep(receiver.delay_s)
                self.send_response(receiver.status)
                self.end_headers()

            def do_PUT(self) -> None:
                self.do_POST()

            def log_message(self, *arguments: object) -> None:
                """Tests keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mosquitto_or_skip() -> str:
    """Path of the broker; the test is skipped where it is absent."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if found is None:
        pytest.skip("no mosquitto here; on Debian: apt install mosquitto")
    return found


@dataclass
class Broker:
    """A Mosquitto that can be stopped and started, with a user and nobody else let in."""

    folder: Path
    program: str
    anonymous: bool = False
    certificate: Path | None = None
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        users = self.folder / "users"
        if not users.exists():
            users.touch(mode=0o600)
            tool = shutil.which("mosquitto_passwd") or "/usr/bin/mosquitto_passwd"
            subprocess.run([tool, "-b", str(users), USER, PASSWORD], check=True)
        lines = [
            f"listener {self.port} 127.0.0.1",
            f"allow_anonymous {'true' if self.anonymous else 'false'}",
            f"password_file {users}",
            "persistence false",
            "user root",
        ]
        if self.certificate is not None:
            lines += [
                f"certfile {self.certificate}",
                f"keyfile {self.certificate.with_suffix('.key')}",
            ]
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, "-c", str(config)], stdout=log, stderr=subprocess.STDOUT
            )
        self._wait_until_it_listens()

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _wait_until_it_listens(self) -> None:
        deadline_s = time.monotonic() + 10.0
        while time.monotonic() < deadline_s:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError((self.folder / "mosquitto.log").read_text())


@contextmanager
def running_broker(folder: Path, **options: object) -> Iterator[Broker]:
    folder.mkdir(exist_ok=True)
    broker = Broker(folder, mosquitto_or_skip(), **options)  # type: ignore[arg-type]
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


class Eavesdropper:
    """An MQTT client that remembers the latest of every topic, and all in order."""

    def __init__(self, port: int, *, user: str | None = USER, ca_file: Path | None = None) -> None:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        self.latest: dict[str, bytes] = {}
        self.heard: list[tuple[str, bytes]] = []
        self._client = Client(CallbackAPIVersion.VERSION2)
        if user is not None:
            self._client.username_pw_set(user, PASSWORD)
        if ca_file is not None:
            self._client.tls_set(ca_certs=str(ca_file))
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_message = self._on_message
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def say(self, topic: str, payload: str, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(5.0)

    def count(self, topic: str) -> int:
        return sum(heard == topic for heard, _ in self.heard)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, client: object, userdata: object, message: object) -> None:
        topic, payload = message.topic, bytes(message.payload)  # type: ignore[attr-defined]
        self.latest[topic] = payload
        self.heard.append((topic, payload))
