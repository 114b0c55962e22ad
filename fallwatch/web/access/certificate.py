"""The certificate of the page: the user's own, or one that fallwatch makes and signs itself."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from datetime import datetime, timedelta, timezone
from pathlib import Path

from fallwatch.system.files import write_private

#: Name of the file in ``paths.config_dir()``: certificate and private key.
CERTIFICATE_FILE = "certificate.pem"

# Browsers take no longer one from 2020 on (CA/Browser Forum, ballot SC31: 398 days); one of one's
# own is exempt, but phones that look twice are not.
_DAYS = 397

# A new one is made when the old one has fewer days left.
_RENEW_DAYS = 30


def own_certificate(path: Path, now: datetime | None = None) -> Path:
    """The certificate that fallwatch made; a new one if there is none, or it ends soon.

    Raises:
        OSError: It cannot be read or written.
        ModuleNotFoundError: ``cryptography`` is not installed.
    """
    from cryptography import x509

    now = now or datetime.now(timezone.utc)
    if path.exists():
        try:
            known = x509.load_pem_x509_certificate(path.read_bytes())
            if known.not_valid_after_utc - now > timedelta(days=_RENEW_DAYS):
                return path
        except ValueError:
            pass  # Damaged: phones will ask once more.
    write_private(path, _made(now))
    return path


def fingerprint(path: Path) -> str:
    """SHA-256 of the certificate in a PEM file, as browsers show it: ``AB:CD:…``.

    Raises:
        OSError: It cannot be read.
        ValueError: It holds no certificate.
    """
    import hashlib

    text = path.read_text(encoding="ascii", errors="replace")
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    if begin not in text or end not in text:
        raise ValueError(f"{path} holds no certificate in PEM form")
    block = text[text.index(begin) : text.index(end) + len(end)]
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(block)).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def _made(now: datetime) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    host = socket.gethostname() or "fallwatch"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"fallwatch on {host}"[:64])])
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.DNSName(each) for each in (host, f"{host}.local") if each.isascii()]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + private
