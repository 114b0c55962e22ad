"""Looking at the event record without changing anything in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from fallwatch.core.message import Message
from fallwatch.events.schema import MIGRATIONS, version_of

_BUSY_TIMEOUT_S = 2.0


def problem_of_record(path: Path) -> Message | None:
    """What is wrong with an event record, in a sentence; None if all is well.

    Unlike opening it, this neither sets a damaged record aside nor begins a new one.

    Args:
        path: The database file. One that does not exist yet is well.
    """
    if not path.exists():
        return None
    try:
        address = f"{path.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=_BUSY_TIMEOUT_S)) as connection:
            answer = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
            newer = version_of(connection) > len(MIGRATIONS)
    except (sqlite3.Error, OSError) as error:
        return Message("It cannot be read ({0}).", (str(error),))
    if answer != "ok":
        return Message("It is damaged ({0}).", (answer,))
    return Message("It was written by a newer fallwatch.") if newer else None
