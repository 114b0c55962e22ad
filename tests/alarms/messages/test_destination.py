"""Where messages go, and whether that is outside of the own network."""

from __future__ import annotations

import pytest

from fallwatch.alarms.messages.destination import host_of, is_public


@pytest.mark.parametrize(
    ("address", "host", "public"),
    [
        ("ntfys://ntfy.sh/topic", "ntfy.sh", True),
        ("ntfy://topic", "ntfy.sh", True),
        ("ntfy://192.168.1.7:8080/topic", "192.168.1.7", False),
        ("ntfys://push.lan/topic", "push.lan", False),
        ("json://homeserver/hook", "homeserver", False),
        ("jsons://example.org/hook", "example.org", True),
        ("jsons://8.8.8.8/hook", "8.8.8.8", True),
        ("mailtos://example.org?smtp=smtp.example.org&to=a@b.org", "smtp.example.org", True),
        ("mailto://home?smtp=mail.lan", "mail.lan", False),
        ("tgram://token/chat", "api.telegram.org", True),
        # Only Apprise knows: rather too careful.
        ("signal://localhost/123", "", True),
        ("json://[", "", True),
        ("", "", True),
    ],
)
def test_the_host_is_known_where_it_can_be(address: str, host: str, public: bool) -> None:
    assert host_of(address) == host
    assert is_public(address) is public
