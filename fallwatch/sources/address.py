"""Addresses of network cameras: what may be shown of them, and what is wrong with them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError

SCHEMES = ("rtsp", "rtsps", "http", "https")
DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}

# Cheap cameras want the password in the path or query: keep the word, hide what follows.
_SECRET = re.compile(
    r"((?:pass\w*|pwd|psw|token|secret|auth\w*|\w*key|sig\w*)(?:=|%3d))[^&/?#;]*", re.IGNORECASE
)


def display_address(url: str) -> str:
    """The URL without user, password and fragment, for names, messages and logs.

    Example: ``rtsp://anna:secret@10.0.0.7/cam?token=1`` becomes ``rtsp://10.0.0.7/cam?token=***``.
    """
    scheme, separator, rest = url.strip().partition("://")
    # A password with an unescaped / or # ends the host early, so go by the last @ of all.
    rest = rest.rpartition("@")[2].partition("#")[0]
    return _SECRET.sub(r"\1***", f"{scheme.lower()}{separator}{rest}")


def check_address(url: str) -> tuple[str, int]:
    """Host and port to reach.

    Raises:
        SourceError: It is no address of a camera; the message never holds the password.
    """
    shown = display_address(url)
    parts = _split(url)
    if parts is None or parts.scheme.lower() not in SCHEMES or not parts.hostname:
        if "@" in url:
            raise SourceError(
                Message(
                    "{0} is not a camera address. Write it as rtsp://user:password@host:port/path "
                    "or http://host:port/path; in a password, write @ as %40, / as %2F, # as %23 "
                    "and : as %3A.",
                    (shown,),
                )
            )
        raise SourceError(
            Message(
                "{0} is not a camera address. Write the camera's IP address alone, or the whole "
                "address, as rtsp://host:port/path or http://host:port/path.",
                (shown,),
            )
        )
    return parts.hostname, parts.port or DEFAULT_PORTS[parts.scheme.lower()]


def whole_address(text: str) -> str:
    """An address with its scheme: a host alone, as people read it off a camera, is of RTSP.

    >>> whole_address("192.168.1.20")
    'rtsp://192.168.1.20'
    """
    text = text.strip()
    return f"rtsp://{text}" if text and "://" not in text else text


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises where it is not a number
    except ValueError:
        return None  # its words would quote the password
    if any(character.isspace() for character in url.strip()):
        return None
    # An @ further on belongs to a password that was not escaped.
    return None if "@" in parts.path + parts.query + parts.fragment else parts
