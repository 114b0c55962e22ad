"""Takes passwords off the command line that every user of a computer can list."""

from __future__ import annotations

import re
import sys
from pathlib import Path

# Of an address the kind and the host may be seen; what stands before and behind may be secret.
_ADDRESS = re.compile(rb"([a-zA-Z][a-zA-Z0-9+.-]*://)([^\0]*)")

# Number of the field, counted from behind the program's name, that tells where arguments begin.
_ARGUMENTS_START = 45


def masked(arguments: bytes) -> bytes:
    r"""The arguments with stars for all of an address but its kind and its host.

    >>> masked(b"watch\0rtsp://anna:secret@10.0.0.7:554/one?token=1\0--headless\0")
    b'watch\x00rtsp://************10.0.0.7:554************\x00--headless\x00'
    """
    return _ADDRESS.sub(lambda found: found[1] + _masked_address(found[2]), arguments)


def hide_addresses(proc: Path = Path("/proc/self")) -> bool:
    """Mask the addresses in this process's own command line, as ``ps`` shows it.

    The program itself has read its arguments before and keeps them. Only Linux lets a program do
    that without help; elsewhere nothing happens.

    Returns:
        Whether the list is free of addresses now.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        shown = (proc / "cmdline").read_bytes()
        hidden = masked(shown)
        if hidden != shown:
            fields = (proc / "stat").read_text().rpartition(")")[2].split()
            with (proc / "mem").open("r+b", buffering=0) as memory:
                memory.seek(int(fields[_ARGUMENTS_START]))
                memory.write(hidden)
    except (OSError, ValueError, IndexError):
        return False
    return True


def _masked_address(rest: bytes) -> bytes:
    # A password may hold an unescaped / or #: the last @ of all is where the host begins.
    login, at, host = rest.rpartition(b"@")
    end = re.search(rb"[/?#]", host)
    cut = end.start() if end else len(host)
    return b"*" * len(login + at) + host[:cut] + b"*" * (len(host) - cut)
