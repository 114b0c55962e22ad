"""Messages arrive at real servers on this computer: web hook, ntfy and mail."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from fallwatch.alarms.messages.apprise_messenger import AppriseMessenger
from fallwatch.alarms.messages.message import AlarmMessage
from fallwatch.alarms.messages.wording import trial_message
from fallwatch.core.protocols import ChannelError
from tests.alarms.builders import make_alarm
from tests.alarms.receivers import HttpReceiver, free_port

SECRET = "s3cret-canary"


@pytest.fixture
def web() -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()
    yield receiver
    receiver.close()


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 a snapshot \xff\xd9")
    return path


def messenger(address: str, *, snapshots: bool = True) -> AppriseMessenger:
    return AppriseMessenger("Anna", lambda: address, snapshots=snapshots)


def test_a_web_hook_gets_words_and_snapshot(web: HttpReceiver, snapshot: Path) -> None:
    hook = messenger(f"json://user:{SECRET}@127.0.0.1:{web.port}/hook")
    assert hook.takes_snapshots()
    assert hook.service_name == "JSON"
    hook.send(AlarmMessage("Fall in kitchen", "Nobody has acknowledged it yet.", snapshot=snapshot))
    (request,) = web.requests
    body = json.loads(request.body)
    assert (body["title"], body["message"]) == (
        "Fall in kitchen",
        "Nobody has acknowledged it yet.",
    )
    assert [each["filename"] for each in body["attachments"]] == ["a.jpg"]
    hook.close()


def test_ntfy_gets_words_and_no_third_party_is_named(web: HttpReceiver) -> None:
    messenger(f"ntfy://127.0.0.1:{web.port}/ward").send(trial_message("Anna"))
    (request,) = web.requests
    body = json.loads(request.body)
    assert (body["topic"], body["title"]) == ("ward", "fallwatch: a test")
    assert "github" not in json.dumps(request.headers)


def test_ntfy_gets_a_button_that_opens_the_page_to_acknowledge(web: HttpReceiver) -> None:
    link = "https://home.example/acknowledge/abc-_"
    for query in ("", "?priority=high"):
        message = AlarmMessage("Fall in kitchen", f"Acknowledge: {link}", answer_url=link)
        messenger(f"ntfy://127.0.0.1:{web.port}/ward{query}").send(message)
        actions = web.requests[-1].headers["X-Actions"]
        assert actions == f"view, Acknowledge, {link}, clear=true"
    assert json.loads(web.requests[-1].body)["message"] == f"Acknowledge: {link}"


class Mailbox:
    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


def test_a_mail_has_words_and_snapshot(snapshot: Path) -> None:
    mailbox = Mailbox()
    server = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        messenger(
            f"mailto://127.0.0.1:{server.port}?to=anna@example.org&from=ward@example.org"
        ).send(
            AlarmMessage("Fall in kitchen", "Nobody has acknowledged it yet.", snapshot=snapshot)
        )
    finally:
        server.stop()
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Fall in kitchen"
    assert "anna@example.org" in mail["To"]
    parts = {part.get_content_type(): part for part in mail.walk()}
    assert parts["image/jpeg"].get_payload(decode=True) == snapshot.read_bytes()
    text = "".join(p.get_content() for p in mail.walk() if p.get_content_maintype() == "text")
    assert "Nobody has acknowledged it yet." in text


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "it refused the login"),
        (404, "it does not know the recipient"),
        (500, "it answered with the error 500"),
    ],
)
def test_a_refusal_says_why_and_gives_no_secret_away(
    web: HttpReceiver, status: int, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    web.status = status
    with pytest.raises(ChannelError, match=reason) as caught:
        messenger(f"json://user:{SECRET}@127.0.0.1:{web.port}/{SECRET}").send(trial_message("Anna"))
    assert SECRET not in str(caught.value)
    assert SECRET not in caplog.text


@pytest.mark.parametrize("scheme", ["json", "mailto"])
def test_a_service_that_is_not_there_says_so(scheme: str, caplog: pytest.LogCaptureFixture) -> None:
    address = (
        f"{scheme}://user:{SECRET}@127.0.0.1:{free_port()}/?to=a@example.org&from=b@example.org"
    )
    with pytest.raises(ChannelError, match="it cannot be reached") as caught:
        messenger(address).send(trial_message("Anna"))
    assert SECRET not in str(caught.value) + caplog.text


def test_an_address_nobody_knows_is_a_channel_error() -> None:
    with pytest.raises(ChannelError, match="none that fallwatch can send to"):
        messenger(f"smoke://{SECRET}").send(trial_message("Anna"))


def test_snapshots_are_left_out_where_nobody_wants_them(web: HttpReceiver) -> None:
    assert not messenger(f"json://127.0.0.1:{web.port}", snapshots=False).takes_snapshots()


def test_nobody_elsewhere_is_called_for_a_recorded_clip() -> None:
    hook = messenger("json://127.0.0.1:9")
    assert hook.wants(make_alarm())
    assert not hook.wants(make_alarm(from_clip=True))
