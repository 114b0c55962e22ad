"""Choice of what a bundle contains, beyond what PyInstaller finds by itself."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import elf

#: The weights in the bundle; the others are a download of their own beside it.
WEIGHTS = ("blazepose", "second-eye", "efficientnet-b0-optimised")

#: Folders of resources that the program reads.
RESOURCES = ("demo", "icons", "screens", "sounds", "translations")

#: Modules that are imported by name, at run time.
HIDDEN_PACKAGES = ("fallwatch", "apprise", "keyring.backends")
HIDDEN_MODULES = (
    "openvino", "winsound", "winreg", "platformdirs.unix", "platformdirs.windows",
    "platformdirs.macos",
)  # fmt: skip

#: Modules that only development or other parts of the packages need.
LEFT_OUT = (
    "torch", "torchvision", "train", "matplotlib", "scipy", "pandas", "sklearn", "mediapipe", "PIL",
    "tkinter", "readline", "pydoc_data", "lib2to3", "doctest", "pytest", "IPython", "setuptools",
    "pip", "numpy.f2py", "ray", "onnx", "tensorflow",
    "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets",
    "PySide6.QtTest",
    # OpenVINO's converter, and readers of other formats than its own.
    "openvino.tools",
    "openvino.frontend.jax", "openvino.frontend.pytorch", "openvino.frontend.tensorflow",
)  # fmt: skip

# OpenVINO loads these by name: the processor's plugin, and the two formats that networks come in.
_OPENVINO = re.compile(
    r"^(lib)?(openvino|openvino_intel_cpu_plugin|openvino_ir_frontend"
    r"|openvino_tensorflow_lite_frontend|tbb\w*|hwloc)(\..*|-.*)?$"
)

# Qt's parts that no window of ours uses.
_QT = re.compile(
    r"(Qt6?(Qml|Quick|Pdf|OpenGL|VirtualKeyboard|Test|Designer|Sql|Concurrent|Help)\w*\b"
    r"|/translations/(?!qtbase_de\.qm)|/imageformats/(lib)?q(gif|icns|tga|tiff|wbmp|webp)\."
    r"|/(qml|wayland-graphics-integration-client|sqldrivers|qmltooling|virtualkeyboard|generic|egldeviceintegrations|networkinformation)/"
    r"|libQt6EglFS|/platformthemes/libqgtk|/platforms/(libqeglfs|libqlinuxfb|libqminimalegl|libqvnc|libqvkkhrdisplay))"
)

#: Libraries of Linux that the Debian package asks the system for: they read its configuration, fit
#: its drivers or come with whatever desktop there is, and it keeps them safe.
FROM_SYSTEM = {
    "libX11": "libx11-6",
    "libX11-xcb": "libx11-xcb1",
    "libdbus-1": "libdbus-1-3",
    "libfontconfig": "libfontconfig1",
    "libfreetype": "libfreetype6",
    "libgcc_s": "libgcc-s1",
    "libglib-2.0": "libglib2.0-0",
    "libgthread-2.0": "libglib2.0-0",
    "libgssapi_krb5": "libgssapi-krb5-2",
    "libstdc++": "libstdc++6",
    "libwayland-client": "libwayland-client0",
    "libwayland-cursor": "libwayland-cursor0",
    "libxkbcommon": "libxkbcommon0",
    "libxkbcommon-x11": "libxkbcommon-x11-0",
}

_FFMPEG = re.compile(
    r"^(lib(?:avcodec|avformat|avutil|avfilter|avdevice|swscale|swresample))-[0-9a-f]{8}(\.so\.[\d.]+)$"
)


def is_wanted(name: str) -> bool:
    """Whether a library or file belongs into the bundle.

    Args:
        name: Its place in the bundle, with slashes.
    """
    parts = name.split("/")
    inside = "openvino" in parts and "libs" in parts
    if inside or parts[-1].startswith(("libopenvino", "openvino_")):
        return bool(_OPENVINO.match(parts[-1]))
    if len(parts) == 1 and name.partition(".so.")[0] in FROM_SYSTEM:
        return False
    if parts[0] == "PySide6":
        return not _QT.search(name)
    if parts[:2] == ["apprise", "i18n"]:
        return False  # What its errors are in other languages: nobody is shown them.
    return not any(part in ("include", "cmake") for part in parts)


def is_wanted_module(name: str) -> bool:
    """Whether a Python module belongs into the bundle, beyond `LEFT_OUT`.

    Args:
        name: Its name, with dots.
    """
    # Colours of source text: of some 500 languages a traceback needs one.
    return not name.startswith("pygments.lexers.") or name.split(".")[2] in ("_mapping", "python")


def apprise_services(package: Path) -> list[tuple[str, str]]:
    """Files by whose names Apprise finds its services: it lists its folders, then imports.

    The modules themselves lie in the bundle's archive, so these files are empty.

    Args:
        package: The folder of apprise.

    Returns:
        Of each its place in the bundle, and the file to copy there.
    """
    empty = package / "py.typed"
    return [
        (f"apprise/{path.relative_to(package).as_posix()}", str(empty))
        for folder in ("plugins", "attachment", "config")
        for path in sorted((package / folder).rglob("*.py"))
    ]


def openvino_libraries(package: Path) -> list[tuple[str, str]]:
    """OpenVINO's libraries, also those with a version at the end, and where they go."""
    return [
        (str(path), "openvino/libs")
        for path in sorted((package / "libs").iterdir())
        if path.is_file() and is_wanted(f"openvino/libs/{path.name}")
    ]


def share_ffmpeg(internal: Path) -> list[str]:
    """Let OpenCV use PyAV's FFmpeg where both are of the same release (Linux), and drop its own.

    Args:
        internal: The folder of the bundle's libraries.

    Returns:
        Names of the files that were replaced or dropped.
    """
    ours = {match.groups(): path for path in (internal / "av.libs").glob("*.so*")
            if (match := _FFMPEG.match(path.name))}  # fmt: skip
    theirs = internal / "opencv_python_headless.libs"
    twins = {
        path: ours[match.groups()]
        for path in sorted(theirs.glob("*.so*"))
        if (match := _FFMPEG.match(path.name)) and match.groups() in ours
    }
    if len(twins) < len([path for path in theirs.glob("*") if _FFMPEG.match(path.name)]):
        return []  # Halves of two releases do not fit together.
    for path, twin in twins.items():
        _link(path, twin)
        alias = internal / path.name
        if alias.exists() or alias.is_symlink():
            _link(alias, twin)
    dropped = _drop_unneeded(internal, theirs)
    # A library looks for what it needs beside the name by which it was found, not beside its twin.
    for path in sorted((internal / "av.libs").iterdir()):
        if not (theirs / path.name).is_symlink():
            _link(theirs / path.name, path)
            if (internal / path.name).is_symlink():
                _link(internal / path.name, path)
    return [*(path.name for path in twins), *dropped]


def _link(path: Path, twin: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(os.path.relpath(twin, path.parent))


def _drop_unneeded(internal: Path, folder: Path) -> list[str]:
    """Delete libraries in a folder that only its dropped FFmpeg needed."""
    needed: set[str] = set()
    waiting = [path for path in (internal / "cv2").glob("*.so")]
    while waiting:
        for name in elf.needs(waiting.pop()) - needed:
            needed.add(name)
            path = folder / name
            if path.is_file() and not path.is_symlink():
                waiting.append(path)
    dropped = []
    for path in sorted(folder.iterdir()):
        if path.name not in needed:
            path.unlink()
            (internal / path.name).unlink(missing_ok=True)
            dropped.append(path.name)
    return dropped


def data_files(root: Path) -> list[tuple[str, str]]:
    """Folders that the program reads, and where they go: as in an installed wheel."""
    resources = [
        (str(root / "resources" / name), f"fallwatch/_data/resources/{name}") for name in RESOURCES
    ]
    weights = [
        (str(root / "weights" / name), f"fallwatch/_data/weights/{name}") for name in WEIGHTS
    ]
    # The window's help shows them.
    pages = [
        (str(root / "resources" / "THIRD_PARTY.md"), "fallwatch/_data/resources"),
        *(
            (str(path), "fallwatch/_data/resources/docs")
            for path in sorted((root / "resources" / "docs").glob("user*.md"))
        ),
    ]
    web = [(str(root / "fallwatch" / "web" / "page"), "fallwatch/web/page")]
    return [*resources, *weights, *pages, *web, *licence_files(root)]


def licence_files(root: Path) -> Iterable[tuple[str, str]]:
    """What must be handed on with the bundle."""
    return [
        (str(root / "LICENSE"), "licences"),
        (str(root / "resources" / "THIRD_PARTY.md"), "licences"),
    ]
