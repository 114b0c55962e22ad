"""A password on the command line is not left where every user can list it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fallwatch.system.program.process_title import masked
from tests.repository import REPOSITORY

PROGRAM = """
import sys
from pathlib import Path
from fallwatch.system.program.process_title import hide_addresses
hide_addresses()
print(Path("/proc/self/cmdline").read_bytes() + sys.argv[1].encode())
"""


@pytest.mark.parametrize(
    ("shown", "hidden"),
    [
        (b"watch\0", b"watch\0"),
        (b"http://cam.lan\0", b"http://cam.lan\0"),
        (b"http://cam.lan/x?password=1\0", b"http://cam.lan" + b"*" * 13 + b"\0"),
        (b"rtsp://a:b/c@d#e@cam:554\0-v\0", b"rtsp://" + b"*" * 10 + b"cam:554\0-v\0"),
    ],
)
def test_of_an_address_the_kind_and_the_host_are_left(shown: bytes, hidden: bytes) -> None:
    assert masked(shown) == hidden
    assert len(masked(shown)) == len(shown)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has /proc")
def test_the_list_of_processes_does_not_show_it_and_the_program_still_has_it() -> None:
    address = "rtsp://anna:s3cret@10.0.0.7/one"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, address],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    title, _, argument = done.stdout.strip().strip("b'\"").rpartition("\\x00")
    assert argument == address
    assert "s3cret" not in title
    assert "rtsp://" in title
    assert "10.0.0.7" in title
