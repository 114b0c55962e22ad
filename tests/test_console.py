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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
@pytest.mark.parametrize(
    "arguments",
    [["fallwatch", "--version"], ["fallwatch", "--help"], ["fallwatch", "events", "list"],
     ["fallwatch", "notify", "list"], ["train", "list"], ["train", "--help"]],
)  # fmt: skip
def test_what_was_asked_for_and_finds_no_room_is_one_sentence(
    tmp_path: Path, arguments: list[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            env={**os.environ, "FALLWATCH_HOME": str(tmp_path)},
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_that_goes_away_ends_a_command_without_a_word(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec 3>&1; "$0" -m fallwatch evaluate --help | true', sys.executable],
        env={**os.environ, "FALLWATCH_HOME": str(tmp_path)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == ""


@pytest.mark.parametrize("code_page", ["cp1252", "ascii"])
@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["resnet18-baseline", "--help"]])
def test_the_trainer_minds_no_code_page(
    tmp_path: Path, code_page: str, arguments: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "train", *arguments],
        env={**os.environ, "FALLWATCH_HOME": str(tmp_path), "PYTHONIOENCODING": code_page},
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


_INTERRUPTED_WHILE_LOADING = """
import os, signal, sys
import fallwatch.cli.console as console
safe = console.make_streams_safe
def interrupted():
    safe()
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:
        pass  # as an import may swallow it
console.make_streams_safe = interrupted
from fallwatch.__main__ import main
main()
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows sends Ctrl-C to a whole console")
@pytest.mark.parametrize("arguments", [[], ["watch", "--headless", "0"], ["events", "list"]])
def test_ctrl_c_while_it_is_loading_ends_it_at_once_without_a_traceback(
    tmp_path: Path, arguments: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED_WHILE_LOADING, *arguments],
        env={**os.environ, "FALLWATCH_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, timeout=60, check=False,
        restore_signals=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
