"""A phone may name a push service and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from fallwatch.web.access.subscription import subscription_of

KEYS = {
    "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1"
    "XbjhazAkj7I99e8QcYP7DkM",
    "auth": "tBHItJI5svbpez7KI4CCXg==",
}
SERVICE = "https://push.example.org/one"


def test_a_browser_s_subscription_is_taken() -> None:
    found = subscription_of({"endpoint": SERVICE, "keys": KEYS, "expirationTime": None}, "de")
    assert (found.endpoint, found.language) == (SERVICE, "de")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/one",
        "https://192.168.1.1/admin",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://localhost/",
        "https://localhost./",
        "https://nas.local./",
        "https://127.1/",
        "https://192.168.257/",
        "https://0x7f.0.0.1/",
        "https://2130706433/",
        "https://100.64.0.1/",
        "https://224.0.0.1/",
        "https://[64:ff9b::c0a8:101]/",
        "https://[::ffff:192.168.1.1]/",
        "https://[2002:c0a8:101::1]/",
        "https://router/",
        "https://nas.local/",
        "https://nas.fritz.box/",
        "https://push.example.org:22/",
        "https://push.example.org:x/",
        "https://user@push.example.org/",
        "https://push.example.org/\r\nX: y",
        "file:///etc/passwd",
        "https:///one",
        "",
        "https://push.example.org/" + "x" * 2000,
    ],
)
def test_what_is_no_push_service_elsewhere_is_refused(endpoint: str) -> None:
    with pytest.raises(ValueError, match="no push service"):
        subscription_of({"endpoint": endpoint, "keys": KEYS}, "en")


@pytest.mark.parametrize(
    "endpoint", ["https://8.8.8.8/one", "https://[64:ff9b::808:808]/", "https://push.example.org./"]
)
def test_a_service_elsewhere_is_taken_in_whatever_form(endpoint: str) -> None:
    assert subscription_of({"endpoint": endpoint, "keys": KEYS}, "en").endpoint == endpoint


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "x",
        {},
        {"endpoint": SERVICE},
        {"endpoint": SERVICE, "keys": {}},
        {"endpoint": SERVICE, "keys": {**KEYS, "auth": 1}},
        {"endpoint": SERVICE, "keys": {**KEYS, "auth": "x"}},
        {"endpoint": SERVICE, "keys": {**KEYS, "p256dh": "ü"}},
        {"endpoint": SERVICE, "keys": {**KEYS, "p256dh": KEYS["auth"]}},
        {"endpoint": 1, "keys": KEYS},
    ],
)
def test_what_is_no_subscription_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="no "):
        subscription_of(data, "en")
