"""What native code writes to standard error goes to a file, what Python writes stays visible."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, sys
from pathlib import Path
from fallwatch.system.program.native_log import divert_native_log
divert_native_log(Path(sys.argv[1]))
os.write(2, b"native remark\\n")
print("for people", file=sys.stderr)
raise SystemExit("and the end")
"""


def run(log: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SCRIPT, str(log)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_native_remarks_go_to_the_file_and_python_s_words_do_not(tmp_path: Path) -> None:
    done = run(tmp_path / "native.log")
    assert done.stderr == "for people\nand the end\n"
    assert (tmp_path / "native.log").read_text() == "native remark\n"


def test_a_file_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    done = run(tmp_path / "missing" / "native.log")
    assert done.stderr == "native remark\nfor people\nand the end\n"


def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    log = tmp_path / "native.log"
    log.write_bytes(b"x" * 1_000_001)
    assert run(log).returncode == 1  # as the script's last words have it
    assert log.read_text() == "native remark\n"
