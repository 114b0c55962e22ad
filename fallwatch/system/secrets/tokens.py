"""Tokens: random secrets of which only the hash is kept: nobody gets in by what is stored."""

from __future__ import annotations

import hashlib
import secrets

# 256 random bits: nobody guesses one.
_BYTES = 32


def new_token() -> str:
    """A token, in letters that an address may hold."""
    return secrets.token_urlsafe(_BYTES)


def token_sha256(token: str) -> str:
    """What is kept of a token. It is random enough that a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
