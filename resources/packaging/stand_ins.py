"""Tiny libraries in place of large ones that a Linux bundle links but never calls.

OpenCV and FFmpeg are linked with whole libraries for parts of them that fallwatch does not use; the
loader refuses a library whose symbols are missing. A stand-in has these symbols and nothing behind
them. It is put together by the assembler and linker of binutils, which PyInstaller needs anyway.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from elf import libraries, needs, symbols

#: Functions and classes of OpenCV that fallwatch calls: none computes with OpenBLAS, as solving,
#: inverting, decomposing and multiplying matrices would. A test compares them with the source.
OPENCV_CALLS = frozenset({
    "GaussianBlur", "VideoCapture", "addWeighted", "copyMakeBorder", "cvtColor", "error",
    "getTextSize", "imdecode", "imencode", "imread", "line", "putText", "rectangle", "resize",
    "rotate", "setNumThreads", "utils", "warpAffine",
})  # fmt: skip


@dataclass(frozen=True)
class Unused:
    """A library that is linked but not called.

    Attributes:
        library: Its file in the bundle, as a pattern.
        answer: What its functions return where they are asked all the same; None where they are
            never called, and a call would end the program at once.
    """

    library: str
    answer: int | None = None


UNUSED = (
    # Linear algebra of OpenCV, with libgfortran: see OPENCV_CALLS. numpy has its own.
    Unused("opencv_python_headless.libs/libopenblas*.so*"),
    # AV1 inside AVIF pictures, which no camera sends: no picture comes out, and OpenCV says so.
    Unused("opencv_python_headless.libs/libaom*.so*", answer=0),
    # Encoders: clips are written by x264. VP8, VP9 and H.265 are decoded by FFmpeg itself, AV1 by
    # dav1d. FFmpeg asks x265 and libvpx at the start which formats of pixels they know: none.
    Unused("av.libs/libx265*.so*", answer=0),
    Unused("av.libs/libvpx*.so*", answer=0),
    Unused("av.libs/libSvtAv1Enc*.so*"),
)

_TRAP = {"x86_64": "ud2", "aarch64": "brk #1"}
_ANSWER = {"x86_64": "movl ${}, %eax\nret", "aarch64": "mov x0, #{}\nret"}


def put_stand_ins(internal: Path, unused: Iterable[Unused] = UNUSED) -> list[str]:
    """Replace the libraries that are not called.

    Args:
        internal: The folder of the bundle's libraries.
        unused: Which.

    Returns:
        Names of the replaced files; none where there is no assembler for this processor.
    """
    if platform.machine() not in _TRAP or not (shutil.which("as") and shutil.which("ld")):
        return []
    replaced = []
    for each in unused:
        for path in sorted(internal.glob(each.library)):
            if path.is_file() and not path.is_symlink():
                _replace(path, _wanted_of(path, internal), each.answer)
                replaced.append(path.name)
    return replaced


def assemble(source: str, soname: str, target: Path) -> None:
    """Make a library of assembler text.

    Args:
        source: The text.
        soname: The name by which others ask for it.
        target: File to write.
    """
    with tempfile.TemporaryDirectory() as folder:
        text, made = Path(folder) / "a.s", Path(folder) / "a.o"
        text.write_text(f'{source}\n.section .note.GNU-stack,"",@progbits\n', encoding="ascii")
        subprocess.run(["as", "-o", made, text], check=True)
        library = Path(folder) / "a.so"
        line = ["ld", "-shared", "-z", "noexecstack", "-soname", soname, "-o", library, made]
        subprocess.run(line, check=True)
        shutil.copyfile(library, target)


def _replace(path: Path, wanted: Iterable[str], answer: int | None) -> None:
    machine = platform.machine()
    body = _TRAP[machine] if answer is None else _ANSWER[machine].format(answer)
    functions = [f".globl {name}\n.type {name}, %function\n{name}:\n{body}" for name in wanted]
    assemble("\n".join([".text", *functions]), path.name, path)


def _wanted_of(library: Path, internal: Path) -> list[str]:
    """Symbols of a library that another in the bundle asks for."""
    wanted = {
        name
        for path in libraries(internal)
        if path != library and library.name in needs(path)
        for name in symbols(path, defined=False)
    }
    return sorted(symbols(library, defined=True) & wanted)
