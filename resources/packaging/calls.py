"""Calls into OpenCV and PyAV, read from source: no bundle is made that asks for what it lacks.

The Linux bundle has stand-ins for libraries behind OpenCV and FFmpeg (see ``stand_ins.py``). Who
uses a new function of OpenCV, or another encoder, has to look first whether it needs one of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Functions and classes of OpenCV that fallwatch calls: none computes with OpenBLAS, as solving,
#: inverting, decomposing and multiplying matrices would.
OPENCV_CALLS = frozenset({
    "GaussianBlur", "VideoCapture", "__version__", "absdiff", "addWeighted", "copyMakeBorder",
    "cvtColor", "error", "getRotationMatrix2D", "getTextSize", "imdecode", "imencode", "imread",
    "line", "max", "medianBlur", "min", "putText", "rectangle", "reduce", "resize", "rotate",
    "setNumThreads", "split", "utils", "warpAffine",
})  # fmt: skip

#: Encoders of FFmpeg that fallwatch asks PyAV for.
ENCODERS = frozenset({"libx264"})


class UnknownCallError(Exception):
    """Something is asked for that nobody has looked at. The message names file and line."""


def check_calls(sources: Iterable[Path]) -> None:
    """Refuse sources that ask OpenCV or FFmpeg for more than the lists above.

    Args:
        sources: Files of Python. Those that do not mention either are not parsed.

    Raises:
        UnknownCallError: One does, or hands OpenCV on so that what it asks for cannot be read.
    """
    for path in sources:
        text = path.read_bytes()
        if b"cv2" not in text and b"add_stream" not in text and b"odec" not in text:
            continue
        tree = ast.parse(text)
        for line, name in opencv_calls(tree):
            if name not in OPENCV_CALLS:
                raise UnknownCallError(
                    f"{path}, line {line}: {name} of OpenCV is not in OPENCV_CALLS. Does it solve, "
                    "invert, decompose or multiply matrices? If not, add it in calls.py."
                )
        for line, name in encoders(tree):
            if name not in ENCODERS:
                raise UnknownCallError(
                    f"{path}, line {line}: the encoder {name} is not in ENCODERS. Is its library "
                    "among those of UNUSED in stand_ins.py? If not, add it in calls.py."
                )


def opencv_calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of all that is asked of OpenCV, less constants; ``?`` where it is not said."""
    named = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((node.lineno, name) for name in _imported(node))
        elif isinstance(node, ast.Attribute) and _is_opencv(node.value):
            if not _is_constant(node.attr):
                yield node.lineno, node.attr
        elif isinstance(node, ast.expr) and _is_opencv(node) and id(node) not in named:
            yield node.lineno, "?"  # handed on, such as to getattr
        elif isinstance(node, ast.Call) and any(
            isinstance(each, ast.Constant) and each.value == "cv2" for each in node.args
        ):
            yield node.lineno, "?"  # imported by name


def encoders(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of each encoder that PyAV is asked for; ``?`` where it is not written out."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        name = node.func.id if isinstance(node.func, ast.Name) else name
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        writes = any(isinstance(each, ast.Constant) and each.value == "w" for each in values)
        if name == "add_stream" or (name in ("Codec", "create") and writes):
            first = node.args[0] if node.args else None
            written = first.value if isinstance(first, ast.Constant) else "?"
            yield node.lineno, str(written)


def _is_opencv(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "cv2"
    return isinstance(node, ast.Name) and node.id == "cv2"


def _is_constant(name: str) -> bool:
    # Some have letters of both kinds: COLOR_BGR2GRAY, COLOR_YUV2BGR_I420.
    return name.isupper() or name.startswith(("CAP_", "COLOR_"))


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "cv2":
            yield alias.name
        elif alias.name.split(".")[0] == "cv2" and (alias.asname or alias.name) != "cv2":
            yield "?"  # under another name
