"""Makes a Linux bundle smaller: without libraries that nothing needs, and names for a debugger."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from elf import libraries, needs

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
        for path in libraries(internal):
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


def drop_orphans(internal: Path) -> list[str]:
    """Delete libraries that no other in the bundle needs, as often as that leaves more of them.

    Those that are loaded by name lie in folders of their own, such as OpenVINO's plugins.

    Args:
        internal: The folder of the bundle's libraries.

    Returns:
        Names of the deleted files.
    """
    needed_by = {path: needs(path) for path in libraries(internal)}
    folders = [internal, internal / "PySide6" / "Qt" / "lib", *internal.glob("*.libs")]
    dropped = []
    while True:
        needed = set().union(*needed_by.values())
        orphans = [
            path
            for folder in folders
            for path in sorted(folder.glob("lib*.so*"))
            # Python's own is loaded by the program that starts the bundle.
            if path.name not in needed and not path.name.startswith("libpython")
        ]
        if not orphans:
            return dropped
        for path in orphans:
            path.unlink()
            needed_by.pop(path, None)
            dropped.append(path.name)
