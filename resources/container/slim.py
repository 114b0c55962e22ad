"""Takes out of the image's packages what a watcher without a window never loads.

OpenVINO's plugins for other processors, the second copy of FFmpeg, and libraries that are linked
but never called are left out by the lists of the desktop bundle. The demo, which the build runs
after this, shows that nothing is missing::

    python resources/container/slim.py /opt/fallwatch/lib/python3.13/site-packages

Needs the programs of the package binutils.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "packaging"))

from bundle_parts import is_wanted, share_ffmpeg
from calls import check_calls
from smaller import drop_orphans
from stand_ins import put_stand_ins

#: Folders and files that nothing asks for at run time, as patterns.
_UNUSED = (
    "**/include",
    "**/cmake",
    "**/tests",
    "**/*.pyi",
    "apprise/i18n/*",
    "cv2/data/*.xml",
    "numpy/f2py",
    "numpy/distutils",
    "setuptools",
    "pkg_resources",
    "_distutils_hack",
    "distutils-precedence.pth",
    # The guide, which the window shows.
    "fallwatch/_data/resources/docs",
    "fallwatch/_data/resources/screens",
)


def slim(packages: Path) -> None:
    """Delete it, from a folder ``site-packages``."""
    check_calls((packages / "fallwatch").rglob("*.py"))
    share_ffmpeg(packages)
    put_stand_ins(packages)
    drop_orphans(packages)
    for path in (packages / "openvino" / "libs").iterdir():
        if not is_wanted(f"openvino/libs/{path.name}"):
            path.unlink()
    for pattern in _UNUSED:
        for path in tuple(packages.glob(pattern)):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    # Three quarters of PyAV's modules are names for a debugger. Other libraries are stripped.
    modules = [str(path) for path in (packages / "av").rglob("*.so")]
    subprocess.run(["strip", "--strip-unneeded", *modules], check=True)


if __name__ == "__main__":
    slim(Path(sys.argv[1]))
