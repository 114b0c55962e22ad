"""Telling a damaged database from a disk that is full, a lock, or a folder that is closed."""

from __future__ import annotations

import sqlite3

# What SQLite says when the layout inside the file is not the one that was written.
_LAYOUT = ("no such table", "no such column", "no such index", "malformed")
_LAYOUT_ENDS = ("already exists",)


def is_damage(error: BaseException | None) -> bool:
    """Whether the file itself is at fault.

    The plain class is what sqlite3 raises for a file that is damaged or no database; for a full
    disk or a lock it raises a subclass, and so it does where only the layout is damaged.
    """
    if type(error) is sqlite3.DatabaseError:
        return True
    words = str(error)
    return isinstance(error, sqlite3.OperationalError) and (
        any(part in words for part in _LAYOUT) or words.endswith(_LAYOUT_ENDS)
    )
