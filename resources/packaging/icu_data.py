"""Tables of Qt's languages (ICU), made smaller: 32 MB for the world's languages and code pages.

Qt's own tables know how each language writes numbers and dates. Of ICU it asks how words are
sorted, names of time zones and old code pages. Kept are the general rules, and the two languages
of the window; ICU itself goes back to the general rules for the others. UTF-8, Latin-1 and ASCII
need no table.
"""

from __future__ import annotations

import re
import struct
import tempfile
from pathlib import Path

from stand_ins import assemble

# Names in there begin with the version: icudt73l/coll/root.res.
_KEPT = re.compile(
    r"[^/]+/("
    r"(coll/|zone/)?(root|pool|res_index|en|de)\.res"
    r"|coll/ucadata\.icu"
    r"|(supplementalData|likelySubtags|keyTypeData|numberingSystems|zoneinfo64|timezoneTypes"
    r"|metaZones|windowsZones|icuver|icustd)\.res"
    r"|\w+\.nrm|(cnvalias|ulayout|uemoji|pnames|ubidi|uprops|ucase)\.icu"
    r")"
)

_MAGIC = b"\xda\x27"  # the third and fourth byte of a table


def shrink_icu(library: Path) -> int:
    """Leave out what is not kept.

    Args:
        library: ``libicudata.so.NN``.

    Returns:
        How many bytes were saved.
    """
    before = library.stat().st_size
    name, table = _table_of(library)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "table"
        kept.write_bytes(kept_part(table))
        source = (
            f".section .rodata\n.balign 16\n.globl {name}\n.type {name}, %object\n"
            f'{name}:\n.incbin "{kept}"\n.size {name}, . - {name}\n'
        )
        assemble(source, library.name, library)
    return before - library.stat().st_size


def kept_part(table: bytes) -> bytes:
    """A table of tables without those that are not kept.

    Args:
        table: A head, the number of entries, of each where its name and its contents are (counted
            from the end of the head), sorted by name; the names; the contents.

    Raises:
        ValueError: It is none.
    """
    if table[2:4] != _MAGIC:
        raise ValueError("This is no table of ICU.")
    (head,) = struct.unpack_from("<H", table, 0)
    (count,) = struct.unpack_from("<I", table, head)
    places = [struct.unpack_from("<II", table, head + 4 + 8 * number) for number in range(count)]
    ends = [content for _, content in places[1:]] + [len(table) - head]
    kept = []
    for (at, content), end in zip(places, ends, strict=True):
        name = table[head + at : table.index(b"\0", head + at)]
        if _KEPT.fullmatch(name.decode("ascii")):
            kept.append((name, table[head + content : head + end]))
    return table[:head] + _directory(kept)


def _directory(entries: list[tuple[bytes, bytes]]) -> bytes:
    name_at = 4 + 8 * len(entries)
    content_at = _aligned(name_at + sum(len(name) + 1 for name, _ in entries))
    places, names, contents = b"", b"", b""
    for name, content in entries:
        places += struct.pack("<II", name_at + len(names), content_at + len(contents))
        names += name + b"\0"
        contents += content.ljust(_aligned(len(content)), b"\0")
    lists = struct.pack("<I", len(entries)) + places + names
    return lists.ljust(content_at, b"\0") + contents


def _aligned(size: int) -> int:
    return -(-size // 16) * 16


def _table_of(library: Path) -> tuple[str, bytes]:
    """The name and the bytes of a library's one symbol."""
    data = library.read_bytes()
    (sections_at,) = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    sections = [
        struct.unpack_from("<IIQQQQIIQQ", data, sections_at + size * number)
        for number in range(count)
    ]
    dynamic_symbols = 11
    (symbols,) = (section for section in sections if section[1] == dynamic_symbols)
    names_at = sections[symbols[6]][4]
    for at in range(symbols[4], symbols[4] + symbols[5], 24):
        name_at, _, _, section, address, length = struct.unpack_from("<IBBHQQ", data, at)
        name = data[names_at + name_at : data.index(b"\0", names_at + name_at)].decode("ascii")
        if re.fullmatch(r"icudt\d+_dat", name):
            start = address - sections[section][3] + sections[section][4]
            return name, data[start : start + length]
    raise ValueError(f"{library.name} has no table of ICU.")
