"""The command for the recipients of alarms."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.null import Keyring as NullKeyring
from typer.testing import CliRunner

from fallwatch import paths
from fallwatch.cli.events import events_app
from fallwatch.cli.notify import notify_app
from fallwatch.core.message import Message
from fallwatch.events.outbox import Outbox, Part
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.settings import SETTINGS_FILE, load_settings
from tests.alarms.builders import make_alarm
from tests.alarms.receivers import HttpReceiver

SECRET = "s3cret-canary"


class MemoryKeyring(NullKeyring):
    """A keyring that forgets everything with the test."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture(autouse=True)
def memory_keyring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


@pytest.fixture
def web() -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()
    yield receiver
    receiver.close()


def call(*arguments: str, given: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(notify_app, list(arguments), input=given)
    return done.exit_code, done.output


def stored() -> Path:
    return paths.config_dir() / SETTINGS_FILE


def test_somebody_is_added_tried_shown_and_removed(web: HttpReceiver) -> None:
    address = f"json://user:{SECRET}@127.0.0.1:{web.port}/hook"
    status, words = call("add", "Anna", "--later", given=f"{address}\n")
    assert status == 0, words
    assert "Anna is told by JSON" in words
    (anna,) = load_settings(stored())[0].messages
    assert (anna.name, anna.step, anna.pictures) == ("Anna", 2, True)

    status, words = call("test")
    assert status == 0, words
    assert len(web.requests) == 1

    assert "then, if nobody acknowledges within 60 s" in " ".join(call("list")[1].split())
    assert call("remove", "Anna")[0] == 0
    assert load_settings(stored())[0].messages == ()
    assert "Nobody is told yet" in call("list")[1]


def test_the_next_of_the_calling_chain_is_told_after_a_time(web: HttpReceiver) -> None:
    address = f"json://127.0.0.1:{web.port}/"
    assert call("add", "Anna", given=f"{address}\n")[0] == 0
    assert call("add", "Ben", "--after", "120", given=f"{address}\n")[0] == 0
    anna, ben = load_settings(stored())[0].messages
    assert ((anna.step, anna.after_s), (ben.step, ben.after_s)) == ((1, 0.0), (2, 120.0))
    words = " ".join(call("list")[1].split())
    assert "at once" in words
    assert "within 120 s" in words
    assert call("add", "Cleo", "--after", "0", given=f"{address}\n")[0] == 2


def test_the_address_is_kept_with_the_passwords_alone(
    web: HttpReceiver, memory_keyring: MemoryKeyring, fallwatch_home: Path
) -> None:
    _, words = call("add", "Anna", given=f"json://user:{SECRET}@127.0.0.1:{web.port}/\n")
    web.status = 500
    words += call("test", "Anna")[1] + call("list")[1]
    assert SECRET in str(memory_keyring.kept)
    assert SECRET not in words
    for path in fallwatch_home.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path
    call("remove", "Anna")
    assert SECRET not in str(memory_keyring.kept)


def test_a_test_that_does_not_arrive_is_exit_status_1(web: HttpReceiver) -> None:
    call("add", "Anna", given=f"json://127.0.0.1:{web.port}/\n")
    web.status = 401
    status, words = call("test", "Anna")
    assert status == 1
    assert "refused the login" in " ".join(words.split())


@pytest.mark.parametrize(
    ("arguments", "given", "words"),
    [
        (("add", "Anna"), "smoke://signals\n", "can send to. Enter it again"),
        (("add", "Anna"), "", "The address is needed, and standard input is empty."),
        (("broker", "mqtt://anna@broker"), "", "The password of anna is needed"),
        (("add", "sound"), "json://127.0.0.1:9\n", "is there already"),
        (("add", ""), "json://127.0.0.1:9\n", "cannot be a name"),
        (("remove", "Anna"), "", "Nobody is called Anna"),
        (("test", "Anna"), "", "Nobody is called Anna"),
        (("broker",), "", "either the broker's address or --off"),
        (("broker", "http://broker"), "", "no broker's address"),
        (("broker", f"mqtt://anna:{SECRET}@broker"), "", "Leave the password out"),
    ],
)
def test_what_cannot_be_done_is_one_clear_error(
    arguments: tuple[str, ...], given: str, words: str
) -> None:
    status, output = call(*arguments, given=given)
    assert status == 2
    assert words in " ".join(output.split())
    assert SECRET not in output


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_closed_standard_input_is_an_error_that_says_what_to_do(fallwatch_home: Path) -> None:
    line = [sys.executable, "-m", "fallwatch", "notify", "add", "Anna"]
    line = ["sh", "-c", 'exec "$@" <&-', "sh", *line]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: The address is needed")
    assert "Traceback" not in done.stderr


def test_what_still_waits_for_somebody_is_told_and_goes_when_they_are_removed(
    web: HttpReceiver,
) -> None:
    call("add", "Anna", given=f"json://127.0.0.1:{web.port}/\n")
    store = EventStore(paths.data_dir() / STORE_FILE)
    store.add(make_alarm("a"))
    outbox = Outbox(store)
    outbox.put("a", "Anna", "fell", [Part.TEXT])
    outbox.failed(outbox.waiting("Anna")[0], Message("It is down."))
    assert "1 wait. It is down." in " ".join(call("list")[1].split())
    shown = CliRunner().invoke(events_app, ["list", "--json"]).output
    assert '"channel": "Anna"' in shown
    assert '"state": "waiting"' in shown
    assert "1 messages were still to be sent" in call("remove", "Anna")[1]
    assert outbox.waiting("Anna") == ()
    store.close()


def test_the_broker_is_set_with_its_password_and_switched_off(
    memory_keyring: MemoryKeyring,
) -> None:
    status, words = call("broker", "mqtts://nurse@broker.lan", given=f"{SECRET}\n")
    assert status == 0, words
    broker = load_settings(stored())[0].broker
    assert (broker.address, broker.user) == ("mqtts://broker.lan", "nurse")
    assert SECRET in str(memory_keyring.kept)
    assert SECRET not in stored().read_text() + words
    assert "mqtts://broker.lan" in call("list")[1]
    assert call("broker", "--off")[0] == 0
    assert load_settings(stored())[0].broker.address == ""
