"""Server key: shows push services that notifications come from this computer (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fallwatch.system.files import write_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

#: Name of the file in ``paths.config_dir()``.
SERVER_KEY_FILE = "push_key.pem"

#: A token holds for this long, in seconds; a day is the most that services take.
_TOKEN_HOLDS_S = 12 * 3600

#: Whom a service may write to where the settings name no address: some refuse a token without one.
_NOBODY = "mailto:fallwatch@example.org"


class ServerKey:
    """The key of one computer, in a file that only its owner can read. Any thread.

    Browsers give out their subscriptions for this key alone: with a new one all are void.

    Args:
        path: The file; it is made at first use.
        address: The page's address outside of the house; empty for none.
        on_made: Called when there was no key that could be used, and one was made.
    """

    def __init__(
        self,
        path: Path,
        address: Callable[[], str] = lambda: "",
        on_made: Callable[[], None] = lambda: None,
    ) -> None:
        self._path, self._address, self._on_made = path, address, on_made
        self._lock = threading.Lock()
        self._key: EllipticCurvePrivateKey | None = None

    def public(self) -> str:
        """The public key as browsers want it: an uncompressed point in base64url.

        Raises:
            OSError: It can be neither read nor kept.
            ModuleNotFoundError: A package of the extra ``web`` is not installed.
        """
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        point = self._loaded().public_key()
        raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def headers(self, endpoint: str) -> dict[str, str]:
        """What goes with a notification to a push service.

        Raises:
            OSError, ModuleNotFoundError: As `public`.
        """
        from py_vapid import Vapid02

        parts = urlsplit(endpoint)
        address = urlsplit(self._address())
        named = address.scheme == "https" and "." in (address.hostname or "")
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(time.time()) + _TOKEN_HOLDS_S,
            "sub": f"https://{address.hostname}" if named else _NOBODY,
        }
        signed: dict[str, str] = Vapid02(self._loaded()).sign(claims)
        return signed

    def _loaded(self) -> EllipticCurvePrivateKey:
        with self._lock:
            is_made = False
            if self._key is None:
                kept = self._read()
                is_made = kept is None
                self._key = kept or self._made()
            key = self._key
        if is_made:
            self._on_made()
        return key

    def _read(self) -> EllipticCurvePrivateKey | None:
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(self._path.read_bytes(), None)
        except FileNotFoundError:
            return None
        except ValueError:
            return None  # Damaged: whoever made the subscriptions that are void now is told.
        return key if isinstance(key, ec.EllipticCurvePrivateKey) else None

    def _made(self) -> EllipticCurvePrivateKey:
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import (
            Encoding,
            NoEncryption,
            PrivateFormat,
        )

        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_private(self._path, pem)
        return key
