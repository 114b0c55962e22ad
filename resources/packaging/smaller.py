"""Makes the libraries of a Linux bundle smaller: without symbols that only a debugger reads."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

_ELF = b"\x7fELF\x02\x01"  # 64 bits, little-endian
_LOAD = 1


def strip_symbols(internal: Path) -> int:
    """Strip every library that can be.

    Wheels' libraries were changed by patchelf, and some of those can no longer be loaded once they
    are stripped: they are left as they are.

    Args:
        internal: The folder of the bundle's libraries.

    Returns:
        How many bytes were saved; 0 where there is no ``strip``.
    """
    if shutil.which("strip") is None:
        return 0
    saved = 0
    with tempfile.TemporaryDirectory() as folder:
        smaller = Path(folder) / "stripped"
        for path in sorted(internal.rglob("*")):
            if path.is_symlink() or not path.is_file() or not _is_library(path):
                continue
            done = subprocess.run(
                ["strip", "--strip-unneeded", "-o", smaller, path], capture_output=True, check=False
            )
            before = path.stat()
            if done.returncode or not can_be_loaded(smaller):
                continue
            if smaller.stat().st_size < before.st_size:
                saved += before.st_size - smaller.stat().st_size
                shutil.copyfile(smaller, path)
                os.chmod(path, before.st_mode)  # noqa: PTH101 - that of the file before
    return saved


def can_be_loaded(path: Path) -> bool:
    """Whether every segment of a library lies where its alignment says: else the loader refuses it.

    Args:
        path: A library of a 64-bit system.
    """
    data = path.read_bytes()
    (table_at,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for number in range(count):
        kind, _, offset, address, _, _, _, align = struct.unpack_from(
            "<IIQQQQQQ", data, table_at + number * size
        )
        if kind == _LOAD and align > 1 and (offset - address) % align:
            return False
    return True


def _is_library(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_ELF)) == _ELF
