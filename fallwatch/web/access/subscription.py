"""Push subscription of a device: where its browser wants to be notified, and its keys."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fallwatch.alarms.messages.destination import is_public_host

# Longer than any service's; what is longer is no address.
_MAX_ADDRESS = 1000

# RFC 8291, section 2: a point of P-256, uncompressed, and 16 random bytes.
_KEY_BYTES, _AUTH_BYTES = 65, 16


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser gave out for this computer.

    Attributes:
        endpoint: Address at its push service. Who knows it can send nothing without our key.
        p256dh: Its public key, in base64url.
        auth: Its authentication secret, in base64url.
        language: In which its notifications are worded.
    """

    endpoint: str
    p256dh: str
    auth: str
    language: str


def subscription_of(data: Any, language: str) -> Subscription:
    """A browser's subscription as it is sent: ``PushSubscription.toJSON()``.

    Raises:
        ValueError: It is none, or names no push service: a phone must not have this computer send
            something to a device of its own network.
    """
    keys = data.get("keys") if isinstance(data, dict) else None
    if not isinstance(keys, dict):
        raise ValueError("no subscription")
    endpoint, p256dh, auth = data.get("endpoint"), keys.get("p256dh"), keys.get("auth")
    if not (isinstance(endpoint, str) and isinstance(p256dh, str) and isinstance(auth, str)):
        raise ValueError("no subscription")
    if not _is_service(endpoint):
        raise ValueError("no push service")
    if len(from_base64url(p256dh)) != _KEY_BYTES or len(from_base64url(auth)) != _AUTH_BYTES:
        raise ValueError("no keys")
    return Subscription(endpoint, p256dh, auth, language)


def from_base64url(text: str) -> bytes:
    """The bytes of a text in base64url, with or without padding.

    Raises:
        ValueError: It is none.
    """
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("no base64url") from error


# Networks whose addresses hold one of IPv4, in their last or second 32 bits (RFC 6052, RFC 3056).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_global_address(address: str) -> bool:
    """Whether an IP address lies outside of the own network, also in what it may hold of IPv4."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


def _is_outside(host: str) -> bool:
    """As far as a host tells before its name is looked up; see `fallwatch.web.push.outside`."""
    host = host.rstrip(".")
    try:
        return is_global_address(host)
    except ValueError:
        pass
    try:
        # Such as 127.1 or 0x7f.0.0.1, which systems take for addresses.
        return is_global_address(socket.inet_ntoa(socket.inet_aton(host)))
    except OSError:
        return is_public_host(host)


def _is_service(endpoint: str) -> bool:
    if len(endpoint) > _MAX_ADDRESS or not endpoint.isascii() or not endpoint.isprintable():
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_plain = parts.scheme == "https" and port in (None, 443) and not parts.username
    return is_plain and _is_outside(host)
