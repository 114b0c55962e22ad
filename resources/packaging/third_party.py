"""Table of the software that comes with fallwatch: ``python resources/packaging/third_party.py``.

Reads what is installed beside fallwatch, each package with its licence as it states it, and writes
``resources/THIRD_PARTY.md``. Run it in an environment that holds ``fallwatch[web]`` alone: what the
desktop bundle contains.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

_TARGET = Path(__file__).resolve().parents[1] / "THIRD_PARTY.md"

#: Parts of other makers inside the wheels that are binding beyond the wheel's own licence.
_INSIDE = {
    "av": "FFmpeg 8 built with libx264 and libx265: GPL-2.0-or-later as a whole; dav1d, opus, vpx, "
    "SVT-AV1, webp: BSD; mp3lame, gnutls, nettle, gmp: LGPL",
    "opencv-python-headless": "FFmpeg 8: LGPL-2.1-or-later; OpenBLAS, libaom, libvpx, "
    "libpng, OpenSSL",
    "PySide6_Essentials": "Qt 6, unchanged: LGPL-3.0-only; you may replace it by your own build; "
    "ICU: Unicode-3.0, in the Linux bundle with the tables of English and German alone",
    "shiboken6": "part of PySide6: LGPL-3.0-only",
    "openvino": "oneTBB, oneDNN: Apache-2.0",
    "numpy": "OpenBLAS: BSD-3-Clause; libgfortran: GPL-3.0 with the GCC runtime exception",
}

_HEAD = Path(__file__).with_name("third_party_head.md")


def packages_of(name: str) -> dict[str, metadata.Distribution]:
    """A package's requirements and theirs, as far as they are installed here.

    Args:
        name: Of the package, with the extras that count, such as ``fallwatch[web]``.
    """
    found: dict[str, metadata.Distribution] = {}
    waiting = [Requirement(name)]
    seen: set[str] = set()
    while waiting:
        wanted = waiting.pop()
        if str(wanted) in seen:
            continue
        seen.add(str(wanted))
        try:
            distribution = metadata.distribution(wanted.name)
        except metadata.PackageNotFoundError:
            continue  # for another system
        found[distribution.metadata["Name"]] = distribution
        for text in distribution.requires or []:
            requirement = Requirement(text)
            extras = wanted.extras or {""}
            if requirement.marker is None or any(
                requirement.marker.evaluate({"extra": extra}) for extra in extras
            ):
                waiting.append(requirement)
    found.pop(Requirement(name).name, None)
    return found


def licence_of(distribution: metadata.Distribution) -> str:
    """A package's licence, from the newest to the oldest way of stating it."""
    stated = distribution.metadata
    expression = stated.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [
        text.rpartition(" :: ")[2]
        for text in stated.get_all("Classifier") or []
        if text.startswith("License :: ") and not text.endswith("OSI Approved")
    ]
    if classifiers:
        return ", ".join(classifiers)
    first = (stated.get("License") or "").strip().splitlines()[:1]
    return first[0] if first else "see its files"


def table(packages: dict[str, metadata.Distribution]) -> str:
    """The page."""
    rows = [
        f"| {name} | {licence_of(packages[name])} | {_INSIDE.get(name, '')} |"
        for name in sorted(packages, key=str.lower)
    ]
    head = _HEAD.read_text(encoding="utf-8")
    return head + re.sub(r" +\|", " |", "\n".join(rows)) + "\n"


def main() -> int:
    """Write the page; returns the exit status."""
    packages = packages_of("fallwatch[web]")
    _TARGET.write_text(table(packages), encoding="utf-8")
    sys.stdout.write(f"{len(packages)} packages: {_TARGET.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
