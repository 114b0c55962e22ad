"""PIN against ending the watch by accident; only its salted hash is among the settings."""

from __future__ import annotations

import hashlib
import hmac
import os

#: A PIN has so few values that more rounds would not save it from who has the file; it keeps
#: visitors and residents from ending the watch.
_ROUNDS = 50_000

_SCHEME = "pbkdf2"


def hashed(pin: str, salt: bytes | None = None) -> str:
    """What the settings keep of a PIN; empty for none."""
    if not pin:
        return ""
    salt = os.urandom(16) if salt is None else salt
    digest = hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, _ROUNDS)
    return f"{_SCHEME}${salt.hex()}${digest.hex()}"


def is_right(pin: str, kept: str) -> bool:
    """Whether a PIN is the one that the settings keep.

    What is kept and is no hash, such as a PIN that somebody wrote into the file, is compared as it
    is: a typing mistake must neither lock everybody out nor let everybody in.
    """
    scheme, _, rest = kept.partition("$")
    salt, _, _ = rest.partition("$")
    try:
        expected = hashed(pin, bytes.fromhex(salt)) if scheme == _SCHEME else pin
    except ValueError:
        expected = pin
    return hmac.compare_digest(expected.encode(), kept.encode())
