"""The fixture that looks for threads left behind does find them."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

_LEAKY_TEST = """
import threading
release = threading.Event()

def test_leaves_a_thread():
    threading.Thread(target=release.wait, args=(20,), name={name!r}, daemon={daemon}).start()

def teardown_module():
    release.set()
"""


@pytest.mark.parametrize(
    ("name", "daemon", "found"),
    [
        ("fallwatch-capture", True, True),
        ("somebody else's", False, True),
        ("a library's helper", True, False),
    ],
)
def test_a_thread_left_behind_fails_the_test_that_left_it(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    daemon: bool,
    found: bool,
) -> None:
    monkeypatch.setattr("tests.conftest._THREAD_GRACE_S", 0.1)
    pytester.makeconftest("from tests.conftest import no_thread_left_behind")
    pytester.makepyfile(_LEAKY_TEST.format(name=name, daemon=daemon))
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1 if found else 0)
    if found:
        result.stdout.fnmatch_lines([f"*threads left running: *{name}*"])
