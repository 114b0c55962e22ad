"""What fails in the background is told: to whoever listens, or else to the last resort."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    bridge = Bridge()
    yield bridge
    bridge.close()


@pytest.fixture
def tasks(qtbot: QtBot, bridge: Bridge) -> Iterator[BackgroundTasks]:
    tasks = BackgroundTasks(bridge, "fallwatch test tasks")
    yield tasks
    tasks.close()


def _fail() -> None:
    raise RuntimeError("the disk is gone")


def test_whoever_listens_hears_of_a_failure(tasks: BackgroundTasks, qtbot: QtBot) -> None:
    heard: list[BaseException] = []
    tasks.failed.connect(heard.append)
    with qtbot.captureExceptions() as raised:
        tasks.run(_fail)
        qtbot.waitUntil(lambda: bool(heard))
    assert raised == []


def test_where_nobody_listens_it_is_raised(tasks: BackgroundTasks, qtbot: QtBot) -> None:
    with qtbot.captureExceptions() as raised:
        tasks.run(_fail)
        qtbot.waitUntil(lambda: bool(raised))
    assert "the disk is gone" in str(raised[0][1])


def test_whoever_asked_hears_of_it_alone(tasks: BackgroundTasks, qtbot: QtBot) -> None:
    heard: list[BaseException] = []
    with qtbot.captureExceptions() as raised:
        tasks.run(_fail, otherwise=heard.append)
        qtbot.waitUntil(lambda: bool(heard))
    assert raised == []
