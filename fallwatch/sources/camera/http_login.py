"""Logins of HTTP: Basic, RFC 7617, and Digest, RFC 7616, with every algorithm that cameras use."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

_SCHEME = re.compile(r"(?:^|,)\s*(Basic|Digest)\b", re.IGNORECASE)
_PARAMETER = re.compile(r'(\w[\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')

#: The strongest first; the names of the right are hashlib's.
_HASHES = {
    "SHA-512-256": "sha512_256",
    "SHA-512": "sha512",
    "SHA-256": "sha256",
    "SHA": "sha1",
    "MD5": "md5",
}


@dataclass(slots=True)
class Challenge:
    """What a server asks for.

    Attributes:
        scheme: ``basic`` or ``digest``.
        parameters: Of a digest, by lower-case name.
    """

    scheme: str
    parameters: dict[str, str] = field(default_factory=dict)
    _count: int = 0

    @property
    def is_stale(self) -> bool:
        """Whether the last answer was right but too old."""
        return self.parameters.get("stale", "").lower() == "true"

    @property
    def hash_name(self) -> str:
        """The name of the digest's algorithm, without its variant."""
        name = self.parameters.get("algorithm", "MD5").upper()
        return name.removesuffix("-SESS")

    @property
    def is_understood(self) -> bool:
        """Whether it can be answered."""
        if self.scheme == "basic":
            return True
        hash_name = _HASHES.get(self.hash_name)
        kinds = self._kinds
        known = hash_name is not None and hash_name in hashlib.algorithms_available
        return known and "nonce" in self.parameters and (not kinds or "auth" in kinds)

    @property
    def _kinds(self) -> list[str]:
        return re.findall(r"[\w-]+", self.parameters.get("qop", "").lower())

    def answer(self, user: str, password: str, target: str, *, method: str = "GET") -> bytes:
        """The header ``Authorization``; a digest counts its answers.

        Args:
            user: Who.
            password: Theirs.
            target: Path and query as they are sent; of RTSP the whole address.
            method: Of the request.
        """
        if self.scheme == "basic":
            return b"Basic " + base64.b64encode(f"{user}:{password}".encode())
        given = self.parameters
        realm, nonce = given.get("realm", ""), given["nonce"]
        client_nonce = secrets.token_hex(8)
        secret = self._hash(f"{user}:{realm}:{password}")
        if given.get("algorithm", "").upper().endswith("-SESS"):
            secret = self._hash(f"{secret}:{nonce}:{client_nonce}")
        request = self._hash(f"{method}:{target}")
        parts = {"username": user, "realm": realm, "nonce": nonce, "uri": target}
        bare = ""
        if self._kinds:
            self._count += 1
            count = f"{self._count:08x}"
            response = self._hash(f"{secret}:{nonce}:{count}:{client_nonce}:auth:{request}")
            parts["cnonce"] = client_nonce
            bare = f", qop=auth, nc={count}"
        else:
            response = self._hash(f"{secret}:{nonce}:{request}")
        parts["response"] = response
        if "opaque" in given:
            parts["opaque"] = given["opaque"]
        if "algorithm" in given:
            bare += f", algorithm={given['algorithm']}"
        quoted = ", ".join(f'{name}="{_escaped(value)}"' for name, value in parts.items())
        return f"Digest {quoted}{bare}".encode()

    def _hash(self, text: str) -> str:
        return hashlib.new(
            _HASHES[self.hash_name], text.encode(), usedforsecurity=False
        ).hexdigest()


def best_challenge(headers: Iterable[str]) -> Challenge | None:
    """The strongest challenge that can be answered; None if there is none.

    Args:
        headers: All ``WWW-Authenticate`` of one response.
    """
    found = [challenge for header in headers for challenge in _challenges(header)]
    understood = [challenge for challenge in found if challenge.is_understood]
    return min(understood, key=_weakness, default=None)


def _weakness(challenge: Challenge) -> int:
    if challenge.scheme == "basic":
        return len(_HASHES)
    return list(_HASHES).index(challenge.hash_name)


def _challenges(header: str) -> list[Challenge]:
    starts = list(_SCHEME.finditer(header))
    ends = [start.start() for start in starts[1:]] + [len(header)]
    return [
        Challenge(
            start[1].lower(),
            {
                name.lower(): re.sub(r"\\(.)", r"\1", quoted) or bare
                for name, quoted, bare in _PARAMETER.findall(header[start.end() : end])
            },
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
