"""Libraries of the Linux bundle that are left out, or replaced by next to nothing."""

from __future__ import annotations

import ast
import ctypes
import platform
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "resources" / "packaging"))
import elf
import icu_data
from smaller import drop_orphans
from stand_ins import OPENCV_CALLS, UNUSED, Unused, put_stand_ins

built = pytest.mark.skipif(
    sys.platform != "linux"
    or platform.machine() not in ("x86_64", "aarch64")
    or not all(map(shutil.which, ("gcc", "as", "ld", "objdump"))),
    reason="takes a compiler for Linux",
)


def compiled(path: Path, source: str, *options: str) -> Path:
    """A library made of C."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.with_suffix(".c")
    text.write_text(source, encoding="ascii")
    line = ["gcc", "-shared", "-fPIC", "-Wl,--no-as-needed", f"-Wl,-soname,{path.name}"]
    subprocess.run([*line, "-o", path, text, *options], check=True)
    text.unlink()
    return path


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A library and another that it needs, which needs a third; a fourth is needed by none."""
    folder = tmp_path / "x.libs"
    third = compiled(folder / "libthird.so.3", "int third(void) { return 3; }")
    big = compiled(
        folder / "libbig.so.2",
        "int third(void); int depths(void) { return third(); } int other(void) { return 1; }",
        str(third), f"-Wl,-rpath,{folder}",
    )  # fmt: skip
    compiled(
        tmp_path / "module" / "user.so",
        "int depths(void); int asked(void) { return depths(); } int mine(void) { return 7; }",
        str(big), f"-Wl,-rpath,{folder}",
    )  # fmt: skip
    compiled(tmp_path / "libnobody.so.1", "int nobody(void) { return 4; }")
    (tmp_path / "libpython3.12.so.1.0").write_bytes((tmp_path / "libnobody.so.1").read_bytes())
    return tmp_path


@built
@pytest.mark.parametrize("answer", [0, 1])
def test_a_stand_in_is_loaded_and_answers_what_it_is_told(bundle: Path, answer: int) -> None:
    assert put_stand_ins(bundle, [Unused("x.libs/libbig*.so*", answer=answer)]) == ["libbig.so.2"]
    big = bundle / "x.libs" / "libbig.so.2"
    # Only what somebody asks for is in it.
    assert elf.symbols(big, defined=True) == {"depths"}
    assert elf.needs(big) == set()
    # Once loaded, a library stays: in this process it would be the one of the other test.
    line = "import ctypes, sys; user = ctypes.CDLL(sys.argv[1]); print(user.asked(), user.mine())"
    done = subprocess.run(
        [sys.executable, "-c", line, str(bundle / "module" / "user.so")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == [str(answer), "7"]


@built
def test_a_stand_in_that_is_never_called_ends_the_program_if_it_is(bundle: Path) -> None:
    """A wrong result would be worse."""
    put_stand_ins(bundle, [Unused("x.libs/libbig*.so*")])
    user = str(bundle / "module" / "user.so")
    for call, fails in (("mine", False), ("asked", True)):
        line = f"import ctypes, sys; ctypes.CDLL(sys.argv[1]).{call}()"
        done = subprocess.run([sys.executable, "-c", line, user], capture_output=True, check=False)
        assert (done.returncode < 0) is fails


@built
def test_what_nothing_needs_any_more_is_dropped(bundle: Path) -> None:
    (bundle / "liblink.so.1").symlink_to("libnobody.so.1")
    assert drop_orphans(bundle) == ["liblink.so.1", "libnobody.so.1"]
    put_stand_ins(bundle, [Unused("x.libs/libbig*.so*", answer=0)])
    assert drop_orphans(bundle) == ["libthird.so.3"]
    assert (bundle / "libpython3.12.so.1.0").exists()


def test_without_an_assembler_the_libraries_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "libbig.so").write_bytes(b"\x7fELF")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert put_stand_ins(tmp_path, [Unused("*.so")]) == []
    assert (tmp_path / "libbig.so").stat().st_size == 4


def test_fallwatch_asks_opencv_for_nothing_that_the_bundle_leaves_out() -> None:
    """A new name here: does it solve, invert, decompose or multiply matrices? If not, add it."""
    asked = {
        node.attr
        for path in (REPOSITORY / "fallwatch").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "cv2"
        and not node.attr.isupper()
        # Constants, some with letters of both kinds: COLOR_BGR2GRAY, COLOR_YUV2BGR_I420.
        and not node.attr.startswith(("CAP_", "COLOR_"))
    }
    assert asked == OPENCV_CALLS
    named = [
        path.name
        for path in (REPOSITORY / "fallwatch").rglob("*.py")
        if "from cv2 import" in path.read_text(encoding="utf-8")
    ]
    assert named == []


def test_the_encoder_of_our_clips_is_not_among_the_unused() -> None:
    assert not any(Path("av.libs/libx264-d6533a8d.so.165").match(each.library) for each in UNUSED)


def icu_table(entries: dict[str, bytes]) -> bytes:
    """A table as ICU writes it, contents at multiples of 16."""
    head = struct.pack("<H", 32) + b"\xda\x27" + b"\x14\0\0\0CmnD".ljust(28, b"\0")
    names = {name: name.encode() + b"\0" for name in sorted(entries)}
    at = 4 + 8 * len(names)
    content = -(-(at + sum(map(len, names.values()))) // 16) * 16
    places, contents = b"", b""
    for name, text in names.items():
        places += struct.pack("<II", at, content + len(contents))
        at += len(text)
        contents += entries[name].ljust(-(-len(entries[name]) // 16) * 16, b"\0")
    lists = struct.pack("<I", len(names)) + places + b"".join(names.values())
    return head + lists.ljust(content, b"\0") + contents


_KEPT = {
    "icudt73l/coll/root.res": b"sorts",
    "icudt73l/coll/de.res": b"sortiert",
    "icudt73l/root.res": b"the root" * 5,
    "icudt73l/zone/en.res": b"time",
    "icudt73l/nfkc.nrm": b"n",
}
_LEFT_OUT = {
    "icudt73l/coll/zh.res": b"a",
    "icudt73l/euc-tw-2014.cnv": b"b" * 99,
    "icudt73l/brkitr/root.res": b"c",
    "icudt73l/unit/de.res": b"d",
}


def test_tables_of_other_languages_and_code_pages_are_left_out() -> None:
    assert icu_data.kept_part(icu_table(_KEPT | _LEFT_OUT)) == icu_table(_KEPT)
    with pytest.raises(ValueError, match="no table of ICU"):
        icu_data.kept_part(b"no table")


@built
def test_the_library_of_the_tables_keeps_its_name_and_symbol(tmp_path: Path) -> None:
    table = icu_table(_KEPT | _LEFT_OUT | {"icudt73l/zh.res": bytes(20_000)})
    values = ",".join(map(str, table))
    library = compiled(
        tmp_path / "libicudata.so.73",
        f"__attribute__((aligned(16))) const unsigned char icudt73_dat[] = {{{values}}};",
    )
    before = library.stat().st_size
    assert icu_data.shrink_icu(library) == before - library.stat().st_size > 10_000
    kept = icu_table(_KEPT)
    found = (ctypes.c_char * len(kept)).in_dll(ctypes.CDLL(str(library)), "icudt73_dat")
    assert bytes(found) == kept
