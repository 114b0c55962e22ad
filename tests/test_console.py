"""No code page, no full disk and no closed stream ends a command; a terminal's end is a request."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

_MARKS = """
import sys
from fallwatch.cli.console import make_streams_safe
make_streams_safe()
print("✔ Küche → ☃")
print("✘ Küche", file=sys.stderr)
"""

_HEADLESS = """
import threading, time
from fallwatch.headless.command import _stop_signals
with _stop_signals() as stop:
    print("ready", flush=True)
    print(stop.wait(20.0), flush=True)
"""


def _run(program: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        env={**os.environ, **variables},
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("code_page", "out", "err"),
    [
        ("cp1252", "+ Küche -> ?", "x Küche"),
        ("ascii", "+ K?che -> ?", "x K?che"),
        ("utf-8", "✔ Küche → ☃", "✘ Küche"),
    ],
)
def test_what_a_code_page_lacks_is_written_plainly(code_page: str, out: str, err: str) -> None:
    done = _run(_MARKS, PYTHONIOENCODING=code_page)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode(code_page).splitlines() == [out]
    assert done.stderr.decode(code_page).splitlines() == [err]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
@pytest.mark.parametrize("target", ["/dev/full", "closed"])
def test_words_and_logs_that_cannot_be_written_end_nothing(target: str) -> None:
    program = (
        "import logging, sys\n"
        "from fallwatch.cli.console import make_streams_safe\n"
        "make_streams_safe()\n"
        "logging.basicConfig(level=logging.INFO)\n"
        "logging.error('lost')\n"
        "print('lost', file=sys.stderr, flush=True)\n"
        "open('/proc/self/comm')\n"
        "print('alive')\n"
    )
    redirect = "2>&-" if target == "closed" else f"2>{target}"
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -c "$1" {redirect}', sys.executable, program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "alive\n")


_WINDOWED = """
import sys
sys.stdin = sys.stdout = sys.stderr = None
sys.argv = ["fallwatch", *sys.argv[1:]]
from fallwatch.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["--version"], 0), (["--help"], 0), (["events", "list"], 0),
     (["events", "list", "--json"], 0), (["no-such-command"], 2),
     (["watch", "--headless", "no-such-file.mp4"], 2)],
)  # fmt: skip
def test_a_windowed_program_has_no_streams_and_no_command_minds(
    tmp_path: Path, arguments: list[str], status: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WINDOWED, *arguments],
        env={**os.environ, "FALLWATCH_HOME": str(tmp_path)},
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (status, b"")
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no such signal")
@pytest.mark.parametrize(("before", "ended"), [("", "True"), ("trap '' HUP; ", "ignored")])
def test_the_end_of_the_terminal_is_a_request_to_end_and_ignored_under_nohup(
    before: str, ended: str
) -> None:
    command = ["sh", "-c", f'{before}exec "$0" -c "$1"', sys.executable, _HEADLESS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGHUP)
        if ended == "ignored":
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(1.0)
            process.terminate()
        assert process.stdout.readline() == "True\n"
    assert process.returncode == 0
