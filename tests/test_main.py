"""The way out: an exit status is not lost to a thread that nobody waits for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fallwatch.__main__ import has_proc, main

_PROGRAM = """
import sys, threading, time
import fallwatch.cli.main
from fallwatch.__main__ import main

def app():
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    print("last words")
    sys.exit({code})

fallwatch.cli.main.app = app
main()
"""


@pytest.mark.parametrize(("code", "status"), [("2", 2), ("0", 0), ("None", 0)])
def test_a_thread_that_hangs_holds_up_nothing_and_costs_neither_words_nor_status(
    code: str, status: int
) -> None:
    program = _PROGRAM.format(code=code)
    # Were the thread let into the end of the interpreter, the marker below would be printed.
    program = "import atexit; atexit.register(print, 'went the long way')\n" + program
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == status
    assert done.stdout == "last words\n"


def test_without_such_a_thread_the_interpreter_ends_in_its_own_way() -> None:
    program = (
        "import atexit, sys; atexit.register(print, 'the long way')\n"
        "import fallwatch.cli.main\nfrom fallwatch.__main__ import main\n"
        "fallwatch.cli.main.app = lambda: sys.exit(3)\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (3, "the long way\n")


def test_a_root_without_proc_is_named_before_anything_hangs_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert has_proc("linux", tmp_path)
    assert not has_proc("linux", tmp_path / "self")
    assert has_proc("darwin", tmp_path / "self")
    monkeypatch.setattr("fallwatch.__main__.has_proc", lambda: False)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "/proc is missing" in capsys.readouterr().err
