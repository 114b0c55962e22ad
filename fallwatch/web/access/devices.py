"""Devices that were let in: each has a secret of its own, and can be put out again."""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from fallwatch.core.moments import parse_utc
from fallwatch.core.text import clean_name
from fallwatch.events.times import utc_now, utc_text
from fallwatch.system.files import write_private
from fallwatch.system.secrets.tokens import new_token, token_sha256
from fallwatch.web.access.subscription import Subscription

_log = logging.getLogger(__name__)

#: Name of the file in ``paths.config_dir()``.
DEVICES_FILE = "devices.json"

#: From looking on alone to letting in others; each may do what those before it may.
Role = Literal["look", "acknowledge", "administer"]
ROLES: tuple[Role, ...] = get_args(Role)

# More than a household has; a list without end would be somebody's attack.
_MAX_DEVICES = 50

# When a device was last there is written down this often, in seconds.
_NOTE_EVERY_S = 600.0


@dataclass(frozen=True, slots=True)
class Device:
    """A phone or computer that was let in.

    Attributes:
        device_id: Short, public and unique.
        name: As people call it; stands in the record behind what it acknowledges.
        role: What it may do.
        secret_sha256: Of its secret; who reads the file cannot get in with it.
        paired_utc: When it was let in.
        seen_utc: When it was last there, to ten minutes.
        push: Where its notifications go; None if it wants none.
    """

    device_id: str
    name: str
    role: Role
    secret_sha256: str
    paired_utc: str
    seen_utc: str
    push: Subscription | None = None

    def may(self, role: Role) -> bool:
        """Whether it may do what that role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


class Devices:
    """The devices of one computer, kept in a file that only its owner can read. Any thread.

    A file that cannot be read is not written over. Until it is gone or whole again, those hold
    that were known before; at the first look that is nobody.

    Args:
        path: The file; made when the first device is let in.
        now: Wall clock, with time zone.
    """

    def __init__(self, path: Path, now: Callable[[], datetime] = utc_now) -> None:
        self._path, self._now = path, now
        self._lock = threading.Lock()
        self._devices: dict[str, Device] | None = None
        self._stamp: tuple[int, ...] | None = None
        self._damage = ""

    @property
    def damage(self) -> str:
        """Why the file cannot be read; empty if it can."""
        with self._lock:
            self._known()
            return self._damage

    def all(self) -> tuple[Device, ...]:
        """All that are let in, the first one first."""
        with self._lock:
            return tuple(self._known().values())

    def add(self, name: str, role: Role) -> tuple[Device, str]:
        """Let a device in.

        Returns:
            The device, and its secret, which is nowhere kept.

        Raises:
            OSError: It cannot be written down.
            ValueError: There are too many, or the file is damaged.
        """
        secret = new_token()
        now = utc_text(self._now())
        device = Device(
            secrets.token_hex(4), clean_name(name) or "phone", role, token_sha256(secret), now, now
        )
        with self._lock:
            known = self._known(strict=True)
            if len(known) >= _MAX_DEVICES:
                raise ValueError(f"there are {_MAX_DEVICES} devices already; revoke one first")
            self._write(known | {device.device_id: device})
        return device, secret

    def find(self, secret: str) -> Device | None:
        """The device that has this secret; None if there is none."""
        wanted = token_sha256(secret)
        with self._lock:
            for device in self._known().values():
                if secrets.compare_digest(device.secret_sha256, wanted):
                    return self._seen(device)
        return None

    def subscribe(self, device_id: str, push: Subscription | None) -> bool:
        """Have a device notified, or no more; whether there is such a device.

        Raises:
            OSError: It cannot be written down, and stays as it was.
        """
        with self._lock:
            device = self._known().get(device_id)
            if device is None:
                return False
            if device.push != push:
                self._write(self._known() | {device_id: replace(device, push=push)})
            return True

    def revoke(self, device_id: str) -> bool:
        """Put a device out; whether there was one.

        Raises:
            OSError: It cannot be written down: the device stays out for this run alone.
        """
        with self._lock:
            known = dict(self._known())
            if known.pop(device_id, None) is None:
                return False
            self._devices = known
            self._write(known)
            return True

    def _seen(self, device: Device) -> Device:
        now = self._now()
        seen = utc_text(now)
        is_noted = abs((now - parse_utc(device.seen_utc)).total_seconds()) < _NOTE_EVERY_S
        if is_noted or self._damage:
            return device
        device = replace(device, seen_utc=seen)
        try:
            self._write(self._known() | {device.device_id: device})
        except OSError as error:
            _log.warning("%s cannot be written: %s", self._path.name, error)
        return device

    def _known(self, *, strict: bool = False) -> dict[str, Device]:
        # Another fallwatch of this computer may have served the page meanwhile.
        stamp = _stamp(self._path)
        if self._devices is None or stamp not in (self._stamp, None):
            try:
                self._devices, self._stamp = _read(self._path), stamp
            except (OSError, ValueError) as error:
                if not self._damage:
                    _log.error("Nobody new is let in: %s (%s)", self._path, error)
                self._damage = str(error) or type(error).__name__
                if strict:
                    raise ValueError(f"{self._path} is damaged; delete it") from error
                return self._devices or {}
        was_damaged, self._damage = self._damage, ""
        if was_damaged and stamp is None:
            # The damaged file was deleted: whoever is known still shall be so after a restart.
            try:
                self._write(self._devices)
            except OSError as error:
                _log.warning("%s cannot be written: %s", self._path.name, error)
        return self._devices

    def _write(self, devices: dict[str, Device]) -> None:
        if self._damage:
            raise OSError(f"{self._path} is damaged; delete it")
        rows = [asdict(device) for device in devices.values()]
        write_private(self._path, json.dumps(rows, indent=1).encode())
        self._devices, self._stamp = devices, _stamp(self._path)


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Changes when the file was written; None if it cannot be looked at."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def _read(path: Path) -> dict[str, Device]:
    try:
        rows = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    if not isinstance(rows, list):
        raise ValueError("no list of devices")
    try:
        devices = [_device_of(row) for row in rows]
    except TypeError as error:
        raise ValueError("no list of devices") from error
    for device in devices:
        texts = [each for key, each in asdict(device).items() if key != "push"]
        if device.role not in ROLES or not all(isinstance(each, str) for each in texts):
            raise ValueError("a device with an unknown role")
        parse_utc(device.seen_utc)
    return {device.device_id: device for device in devices}


def _device_of(row: Any) -> Device:
    push = row.get("push") if isinstance(row, dict) else None
    if push is None:
        return Device(**row)
    subscription = Subscription(**push)
    if not all(isinstance(each, str) for each in asdict(subscription).values()):
        raise ValueError("a device with a damaged subscription")
    return Device(**(row | {"push": subscription}))
