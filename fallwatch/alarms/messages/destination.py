"""Destination of messages: which host they go to, and whether it is in the own network."""

from __future__ import annotations

import ipaddress
from urllib.parse import parse_qs, urlsplit

#: Services whose address names another host than the one that messages go to.
_HOSTS = {"tgram": "api.telegram.org"}

#: Ends of names that exist in networks at home alone.
_HOME = (".local", ".lan", ".home", ".internal", ".home.arpa", ".fritz.box")

#: Apprise addresses in which the host itself stands.
_DIRECT = ("json", "jsons", "xml", "xmls", "form", "forms", "ntfy", "ntfys", "gotify", "gotifys")


def host_of(address: str) -> str:
    """The host that messages to an Apprise address go to; empty if only Apprise knows it."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme in ("mailto", "mailtos"):
        return parse_qs(parts.query).get("smtp", [host])[0].lower()
    if scheme in ("ntfy", "ntfys") and not parts.path.strip("/"):
        return "ntfy.sh"  # without a server there is only the topic
    return host if scheme in _DIRECT else _HOSTS.get(scheme, "")


def is_public(address: str) -> bool:
    """Whether messages to an Apprise address leave the own network, as far as that can be told."""
    host = host_of(address)
    return not host or is_public_host(host)


def is_public_host(host: str) -> bool:
    """Whether a host lies outside of the own network, as far as its name tells."""
    try:
        return not ipaddress.ip_address(host).is_private
    except ValueError:
        return "." in host and not host.endswith(_HOME)
