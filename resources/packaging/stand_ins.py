"""Tiny libraries in place of large ones that are linked but never called.

OpenCV and FFmpeg are linked with whole libraries for parts of them that fallwatch does not use; the
loader refuses a library whose symbols are missing. A stand-in has these symbols and nothing behind
them. It is put together by the assembler and linker of binutils, which PyInstaller needs anyway.

What is never called is listed in ``calls.py``, and read from the source before a bundle is made.
Should a stand-in be called all the same, it says that there is nothing, or that it failed, where
its functions can: whoever asked for an encoder gets an error.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from elf import libraries, needs, symbols


@dataclass(frozen=True)
class Unused:
    """A library that is linked but not called.

    Attributes:
        library: Its file in the bundle, as a pattern.
        answer: What its functions return where they are asked all the same, 32 bits without a
            sign: an error. None where they can return none: a call writes to standard error what
            was asked for, and ends the program at once.
        nothing: Names of functions that return 0 instead, as a regular expression: those of
            pointers and sets of flags.
    """

    library: str
    answer: int | None = None
    nothing: str = "(?!)"


UNUSED = (
    # Linear algebra of OpenCV, with libgfortran: numpy has its own. It is asked for matrices of
    # 100 rows and more (25 to be decomposed), but a product has no way to say that there is none,
    # and a wrong one would be worse than an end.
    Unused("opencv_python_headless.libs/libopenblas*.so*"),
    # AV1 inside AVIF images, which no camera sends: OpenCV says that it cannot read them.
    Unused(
        "opencv_python_headless.libs/libaom*.so*",
        answer=1,  # AOM_CODEC_ERROR
        nothing=r"aom_codec_(av1_[cd]x|err\w*|get_\w+|version\w*)|aom_img_\w+",
    ),
    # Encoders: clips are written by x264. VP8, VP9 and H.265 are decoded by FFmpeg itself, AV1 by
    # dav1d. FFmpeg asks x265 and libvpx at the start which formats of pixels they know: none.
    Unused("av.libs/libx265*.so*", answer=0),
    Unused(
        "av.libs/libvpx*.so*",
        answer=1,  # VPX_CODEC_ERROR
        nothing=r"vpx_codec_(vp[89]_[cd]x|err\w*|get_\w+|version\w*|build_config)|vpx_img_\w+",
    ),
    Unused("av.libs/libSvtAv1Enc*.so*", answer=0x80001001),  # EB_ErrorUndefined
)

_ANSWER = {
    "x86_64": "movl $0x{0:x}, %eax\nret",
    "aarch64": "movz w0, #0x{1:x}\nmovk w0, #0x{2:x}, lsl #16\nret",
}
# Writes the text at 9 to file 2, by the kernel's own number for it; then an invalid instruction.
_END = {
    "x86_64": "movl $1, %eax\nmovl $2, %edi\nleaq 9f(%rip), %rsi\nmovl ${0}, %edx\nsyscall\nud2",
    "aarch64": "mov x8, #64\nmov x0, #2\nadr x1, 9f\nmov x2, #{0}\nsvc #0\nbrk #1",
}


def put_stand_ins(internal: Path, unused: Iterable[Unused] = UNUSED) -> list[str]:
    """Replace the libraries that are not called.

    Args:
        internal: The folder of the bundle's libraries.
        unused: Which.

    Returns:
        Names of the replaced files; none where there is no assembler for this processor.
    """
    if platform.machine() not in _END or not (shutil.which("as") and shutil.which("ld")):
        return []
    replaced = []
    for each in unused:
        for path in sorted(internal.glob(each.library)):
            if path.is_file() and not path.is_symlink():
                _replace(path, _wanted_of(path, internal), each)
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


def _replace(path: Path, wanted: Iterable[str], unused: Unused) -> None:
    functions = [f".globl {name}\n.type {name}, %function\n{name}:\n{_body(name, path, unused)}"
                 for name in wanted]  # fmt: skip
    assemble("\n".join([".text", *functions]), path.name, path)


def _body(name: str, path: Path, unused: Unused) -> str:
    machine = platform.machine()
    if unused.answer is None:
        text = f"fallwatch: {name} of {path.name} was called, which is left out here\\n"
        end = _END[machine].format(len(text) - 1)
        return f'{end}\n9: .ascii "{text}"\n.balign 4'
    answer = 0 if re.fullmatch(unused.nothing, name) else unused.answer
    return _ANSWER[machine].format(answer, answer & 0xFFFF, answer >> 16)


def _wanted_of(library: Path, internal: Path) -> list[str]:
    """Symbols of a library that another in the bundle asks for."""
    wanted = {
        name
        for path in libraries(internal)
        if path != library and library.name in needs(path)
        for name in symbols(path, defined=False)
    }
    return sorted(symbols(library, defined=True) & wanted)
