"""Fixtures that every test shares."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from PySide6.QtWidgets import QApplication

from fallwatch import paths
from fallwatch.pipeline.cpu_scheduler import usable_processors
from tests.alarms.receivers import Broker, Eavesdropper, running_broker
from tests.repository import REPOSITORY
from tests.ui.qt_waiting import PatientQtBot

#: A thread may be loading models, which nothing can cut short, on a busy computer.
_THREAD_GRACE_S = 30.0

#: More workers than this would need much memory and gain little.
_MOST_WORKERS = 4

# How long an example takes says more of the computer's other work than of the code.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

# Tests open no window on anybody's screen, unless the caller asks for one.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if "PYTEST_XDIST_WORKER" in os.environ:
    # The cores are taken by the other workers; read when numpy and torch are loaded.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many workers as there are cores; none for single tests and files, which need no wait."""
    if config.args and all("::" in each or each.endswith(".py") for each in config.args):
        return 0
    return min(usable_processors(), _MOST_WORKERS)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a module that share what it has made on one worker: it is made once.

    All others go to whichever worker is free.
    """
    from xdist.scheduler import LoadScopeScheduling

    class BySharedFixtures(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            module = nodeid.partition("::")[0]
            return module if _shares_fixtures(module) else nodeid

    return BySharedFixtures(config, log) if config.getoption("dist") == "load" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave property tests out of the coverage: each runs the same lines a hundred times."""
    if config.getoption("cov_source", None) and not config.getoption("no_cov"):
        for item in items:
            if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
                item.add_marker("no_cover")


@cache
def _shares_fixtures(module: str) -> bool:
    return 'scope="module"' in (REPOSITORY / module).read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def fallwatch_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every user folder lies in the test's own folder; no test sees or changes the real ones."""
    home = tmp_path / "fallwatch_home"
    monkeypatch.setenv("FALLWATCH_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def computer_may_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test keeps the computer awake, or depends on whether it could."""
    monkeypatch.setattr("fallwatch.system.keep_awake._SYSTEMD", Path("/nowhere"))


@pytest.fixture(autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    """Fail a test that leaves one of our threads, or any that would keep the process alive."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _THREAD_GRACE_S
    left = _new_threads(before)
    while left and time.monotonic() < deadline:
        left[0].join(0.05)
        left = _new_threads(before)
    if left:
        pytest.fail("threads left running: " + ", ".join(_describe(thread) for thread in left))


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    return [
        thread
        for thread in threading.enumerate()
        if thread not in before and (thread.name.startswith("fallwatch") or not thread.daemon)
    ]


def _describe(thread: threading.Thread) -> str:
    kind = "daemon" if thread.daemon else "not a daemon"
    target = getattr(thread, "_target", None)
    return f"{thread.name!r} ({kind}, runs {getattr(target, '__qualname__', target)})"


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientQtBot:
    """As pytest-qt has it, with more patience."""
    return PatientQtBot(request)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A real MQTT broker on this computer; the test is skipped where there is none."""
    with running_broker(tmp_path / "broker") as broker:
        yield broker


@pytest.fixture
def ear(broker: Broker) -> Iterator[Eavesdropper]:
    """Hears all that is said at the broker."""
    ear = Eavesdropper(broker.port)
    yield ear
    ear.close()


@pytest.fixture(scope="session")
def fallwatch_data() -> Path:
    """The folder of real clips; the test is skipped where it is absent."""
    folder = Path(os.environ.get("FALLWATCH_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no data folder at {folder}; set FALLWATCH_DATA to run this test")
    return folder


@pytest.fixture(scope="session")
def demo_fall() -> Path:
    """12 s, 640x480, 15 fps: a man stumbles at 3.1 s and lies on the floor from 4.0 s on."""
    return paths.resources_dir() / "demo" / "demo_fall.mp4"


@pytest.fixture(scope="session")
def demo_daily() -> Path:
    """14.4 s of everyday actions, 640x480, 15 fps, no fall."""
    return paths.resources_dir() / "demo" / "demo_daily.mp4"


@pytest.fixture(scope="session")
def demo_bed() -> Path:
    """12 s, 640x480, 15 fps: a man lies down on the bed, no fall."""
    return paths.resources_dir() / "demo" / "demo_bed.mp4"
