"""A push service on this computer: checks who sends (RFC 8292), and reads it as a phone (RFC 8291).

Written against the two standards with ``cryptography`` alone, so that it shares no code with what
it checks.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fallwatch.web.access.subscription import Subscription


@dataclass
class Arrived:
    """A notification as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    content: dict[str, str] = field(default_factory=dict)


class FakePhone:
    """A browser's side of a subscription."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = b"sixteen bytes ok"

    @property
    def _point(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str, language: str = "en") -> Subscription:
        return Subscription(endpoint, to_text(self._point), to_text(self._auth), language)

    def read(self, body: bytes) -> dict[str, str]:
        """Decrypt a notification, as RFC 8291, section 4, and RFC 8188, section 2, have it."""
        salt, record_bytes, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= record_bytes
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._key.exchange(ec.ECDH(), theirs)
        info = b"WebPush: info\0" + self._point + sender
        secret = _derived(self._auth, shared, info, 32)
        key = _derived(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(salt, secret, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert padded[-1] == 2, "the last record"
        content: dict[str, str] = json.loads(padded[:-1])
        return content


class FakePushService:
    """Listens on the loopback address.

    Attributes:
        arrived: What came, also what was refused.
        answers: Statuses of the next answers; 201 when there are none left.
        gate: Cleared, every answer waits.
    """

    def __init__(self) -> None:
        self.phone = FakePhone()
        self.arrived: list[Arrived] = []
        self.answers: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                service.arrived.append(Arrived(self.path, headers, body))
                service.gate.wait(60.0)
                status = service.answers.pop(0) if service.answers else 201
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", service.address + "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing to standard error."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # Whoever closes it waits for every answer that is still under way.
        self._server.daemon_threads = False
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def subscription(self, language: str = "en") -> Subscription:
        return self.phone.subscription(f"{self.address}/push/one", language)

    def contents(self) -> list[dict[str, str]]:
        """What arrived, in clear."""
        return [self.phone.read(each.body) for each in self.arrived]

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def signer_of(authorization: str, audience: str) -> tuple[str, dict[str, Any]]:
    """Check a VAPID header; returns the public key that signed it, and its claims."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    parts = dict(each.strip().split("=", 1) for each in rest.split(","))
    point = from_text(parts["k"])
    signed, _, signature = parts["t"].rpartition(".")
    header, claims = (json.loads(from_text(each)) for each in signed.split("."))
    assert header["alg"] == "ES256"
    raw = from_text(signature)
    assert len(raw) == 64
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    key.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
    assert claims["aud"] == audience
    assert time.time() < claims["exp"] <= time.time() + 24 * 3600
    assert claims["sub"].startswith(("mailto:", "https://"))
    return parts["k"], claims


def to_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
