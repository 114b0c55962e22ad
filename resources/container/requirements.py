"""Prints fallwatch's requirements without those of its window, with those of some extras.

Read from ``pyproject.toml``, so that the image and the hosted space cannot drift from what the
package asks for::

    python resources/container/requirements.py web > requirements.txt
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

#: Of the window alone; without it nothing of these is imported.
WINDOW_ALONE = ("PySide6-Essentials",)


def requirements(pyproject: Path, extras: Sequence[str]) -> list[str]:
    """The requirements, one a line.

    Raises:
        KeyError: An extra is not in the file.
        ValueError: What is to be left out is not asked for: a name here is out of date.
    """
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    wanted: list[str] = list(project["dependencies"])
    names = {re.split(r"[^A-Za-z0-9._-]", each, maxsplit=1)[0] for each in wanted}
    if missing := set(WINDOW_ALONE) - names:
        raise ValueError(f"nothing asks for {', '.join(sorted(missing))} any more")
    kept = [each for each in wanted if not each.startswith(WINDOW_ALONE)]
    for extra in extras:
        kept += project["optional-dependencies"][extra]
    return kept


if __name__ == "__main__":
    found = requirements(Path(__file__).resolve().parents[2] / "pyproject.toml", sys.argv[1:])
    sys.stdout.write("\n".join(found) + "\n")
