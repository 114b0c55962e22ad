"""Alarm services with a record of their own, and without channels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.settings import Settings
from fallwatch.system.secrets.passwords import Passwords


@pytest.fixture
def services(tmp_path: Path) -> Iterator[AlarmServices]:
    """Stopped after the test."""
    services = AlarmServices(Settings, Passwords(), folder=tmp_path, channels=[])
    services.start()
    yield services
    services.stop()
