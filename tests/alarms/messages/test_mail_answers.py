"""A mail server whose answer never ends costs neither memory nor the sender's thread."""

from __future__ import annotations

import smtplib
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator

import pytest

from fallwatch.alarms.messages.apprise_messenger import AppriseMessenger
from fallwatch.alarms.messages.mail_answers import bound_mail_answers
from fallwatch.alarms.messages.message import AlarmMessage
from fallwatch.core.protocols import ChannelError
from tests.waiting import PATIENCE_S

WORDS = AlarmMessage("Fall in kitchen", "Nobody has acknowledged it yet.")
ENDLESS = b"250-" + b"x" * 400 + b"\r\n"


@pytest.fixture
def port() -> Iterator[int]:
    """A server that greets and then answers the first word without end."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.sendall(b"220 here\r\n")
                    connection.recv(1000)
                    while True:
                        connection.sendall(ENDLESS * 100)
                except OSError:
                    pass  # It hung up, as it should.

    thread = threading.Thread(target=serve)
    thread.start()
    yield int(server.getsockname()[1])
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_an_answer_without_end_is_a_refusal_and_takes_no_memory(port: int) -> None:
    mail = AppriseMessenger(
        "Anna", lambda: f"mailto://127.0.0.1:{port}/?from=a@example.org&to=b@example.org"
    )
    mail.takes_snapshots()  # What is imported on the way counts for nothing.
    tracemalloc.start()
    began_s = time.monotonic()
    try:
        with pytest.raises(ChannelError):
            mail.send(WORDS)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 5_000_000
    assert time.monotonic() - began_s < PATIENCE_S


def test_ordinary_answers_are_read_as_ever() -> None:
    bound_mail_answers()
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"220 here\r\n")
            connection.recv(1000)
            connection.sendall(b"250-here\r\n250-SIZE 1000\r\n250 HELP\r\n")
            connection.recv(1000)
            connection.sendall(b"221 bye\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    with smtplib.SMTP("127.0.0.1", server.getsockname()[1], timeout=PATIENCE_S) as client:
        assert client.ehlo()[0] == 250
        assert client.has_extn("size")
    thread.join(PATIENCE_S)
    server.close()
