"""What is entered in plain words becomes an address that Apprise understands as it was meant."""

from __future__ import annotations

from typing import Any

import pytest

from fallwatch.ui.settings.recipient_services import WAYS

apprise = pytest.importorskip("apprise")

MAIL, NTFY, TELEGRAM, WEBHOOK, OTHER = WAYS


def service(address: str) -> Any:
    found = apprise.Apprise.instantiate(address)
    assert found is not None, "Apprise does not understand it"
    return found


def test_a_mail_account_with_awkward_characters() -> None:
    found = service(
        MAIL.address(
            {
                "to": "anna@example.org",
                "from": "watch@home.example",
                "server": "smtp.home.example",
                "user": "",
                "password": "p@ss/w?rd&#%",
            }
        )
    )
    assert (found.smtp_host, found.user) == ("smtp.home.example", "watch@home.example")
    assert found.password == "p@ss/w?rd&#%"
    assert found.from_addr[1] == "watch@home.example"
    assert [each[1] for each in found.targets] == ["anna@example.org"]
    assert found.secure


def test_a_topic_of_ntfy() -> None:
    found = service(NTFY.address({"topic": "anna-x7", "server": "ntfy.sh"}))
    assert found.topics == ["anna-x7"]
    own = service(NTFY.address({"topic": "anna-x7", "server": "push.example:8443"}))
    assert (own.host, own.port, own.secure) == ("push.example", 8443, True)


def test_a_telegram_bot() -> None:
    token = "123456789:abcdefghij-klmnopqrstuvwxyz_123456"
    found = service(TELEGRAM.address({"token": token, "chat": "12315544"}))
    assert found.bot_token == token
    assert "12315544" in str(found.targets)


@pytest.mark.parametrize(
    ("url", "secure"), [("https://example.org/a?b=c", True), ("http://10.0.0.2:8080/hook", False)]
)
def test_a_webhook(url: str, secure: bool) -> None:
    found = service(WEBHOOK.address({"url": url}))
    assert found.secure is secure
    assert found.host in url


def test_any_other_address_is_taken_as_it_is() -> None:
    assert OTHER.address({"url": "signal://localhost/123"}) == "signal://localhost/123"
