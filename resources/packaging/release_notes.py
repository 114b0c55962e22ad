"""The changes of one version: ``python resources/packaging/release_notes.py v0.1.0``.

Prints that section of CHANGELOG.md. Fails if the tag is not the version of the source, or if the
changelog says nothing about it: such a release must not be made.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def release_notes(tag: str, source: str, changelog: str) -> str:
    """The text of the section.

    Args:
        tag: Such as ``v0.1.0``.
        source: Text of ``fallwatch/__init__.py``.
        changelog: Text of ``CHANGELOG.md``.

    Raises:
        ValueError: The tag is not that version, or there is no such section.
    """
    version = re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE)
    if version is None or tag != f"v{version[1]}":
        found = version[1] if version else "nothing"
        raise ValueError(
            f"The tag {tag} does not name the version in fallwatch/__init__.py: {found}."
        )
    section = re.search(
        rf"^## {re.escape(version[1])}\b.*?\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL
    )
    if section is None or not section[1].strip():
        raise ValueError(f"CHANGELOG.md says nothing about {version[1]}.")
    return section[1].strip()


def main() -> int:
    """Print the notes; returns the exit status."""
    try:
        notes = release_notes(
            sys.argv[1],
            (_ROOT / "fallwatch" / "__init__.py").read_text(encoding="utf-8"),
            (_ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        )
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{notes}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
