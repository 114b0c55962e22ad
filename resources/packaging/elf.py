"""Linux libraries: which there are, what each needs, and which symbols it has or asks for."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

_MAGIC = b"\x7fELF\x02\x01"  # 64 bits, little-endian


def libraries(folder: Path) -> list[Path]:
    """All programs, libraries and extension modules below a folder, without links to them."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if not path.is_symlink() and path.is_file() and is_library(path)
    ]


def is_library(path: Path) -> bool:
    """Whether a file is a library or program of a 64-bit Linux."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def needs(path: Path) -> set[str]:
    """Names of the libraries that the loader looks for with this one."""
    return set(re.findall(r"NEEDED\s+(\S+)", _objdump("-p", path)))


def symbols(path: Path, *, defined: bool) -> set[str]:
    """Symbols that a library has, or those that it asks others for."""
    return {
        line.split()[-1]
        for line in _objdump("-T", path).splitlines()
        if re.match(r"[0-9a-f]{8,} ", line) and ("*UND*" in line) is not defined
    }


def _objdump(option: str, path: Path) -> str:
    line = ["objdump", option, path]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout
