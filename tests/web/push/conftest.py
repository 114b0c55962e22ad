"""A push service for all tests of notifications."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.push.fake_service import FakePushService


@pytest.fixture
def service() -> Iterator[FakePushService]:
    """Closed after the test."""
    service = FakePushService()
    yield service
    service.close()
