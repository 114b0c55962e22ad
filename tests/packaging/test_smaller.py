"""Libraries of the Linux bundle that are left out, or replaced by next to nothing."""

from __future__ import annotations

import ast
import ctypes
import platform
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository import REPOSITORY

PACKAGING = REPOSITORY / "resources" / "packaging"
CONTAINER = REPOSITORY / "resources" / "container"
sys.path.insert(0, str(PACKAGING))
import elf  # noqa: E402
import icu_data  # noqa: E402
from calls import (  # noqa: E402
    ENCODERS,
    OPENCV_CALLS,
    UnknownCallError,
    check_calls,
    encoders,
    opencv_calls,
)
from smaller import drop_orphans  # noqa: E402
from stand_ins import UNUSED, Unused, put_stand_ins  # noqa: E402

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
@pytest.mark.parametrize(
    ("answer", "nothing", "told"),
    [(0, "(?!)", 0), (1, "(?!)", 1), (0x80001001, "depth", 0x80001001 - 2**32), (1, r"dep\w+", 0)],
)
def test_a_stand_in_is_loaded_and_answers_what_it_is_told(
    bundle: Path, answer: int, nothing: str, told: int
) -> None:
    unused = Unused("x.libs/libbig*.so*", answer, nothing)
    assert put_stand_ins(bundle, [unused]) == ["libbig.so.2"]
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
    assert done.stdout.split() == [str(told), "7"]


@built
def test_a_stand_in_that_is_never_called_ends_the_program_if_it_is(bundle: Path) -> None:
    """A wrong result would be worse."""
    put_stand_ins(bundle, [Unused("x.libs/libbig*.so*")])
    user = str(bundle / "module" / "user.so")
    for call, fails in (("mine", False), ("asked", True)):
        line = f"import ctypes, sys; ctypes.CDLL(sys.argv[1]).{call}()"
        done = subprocess.run(
            [sys.executable, "-c", line, user], capture_output=True, text=True, check=False
        )
        assert (done.returncode < 0) is fails
        assert ("fallwatch: depths of libbig.so.2 was called" in done.stderr) is fails


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


def test_no_more_is_asked_of_opencv_and_ffmpeg_than_somebody_has_looked_at() -> None:
    """Something new: see calls.py. What is no longer asked for leaves the lists, too."""
    sources = list((REPOSITORY / "fallwatch").rglob("*.py"))
    check_calls(sources)
    trees = [ast.parse(path.read_bytes()) for path in sources]
    assert {name for tree in trees for _, name in opencv_calls(tree)} == OPENCV_CALLS
    assert {name for tree in trees for _, name in encoders(tree)} == ENCODERS


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("import cv2\ncv2.solve(a, b)", "line 2: solve"),
        ("from fallwatch.sources import opencv\nopencv.cv2.gemm(a, b)", "line 2: gemm"),
        ("from cv2 import invert", "line 1: invert"),
        ("from cv2.dnn import readNet", "line 1: readNet"),
        ("import cv2 as other", "line 1: ?"),
        ("from fallwatch.sources.opencv import cv2\nresult = getattr(cv2, name)(a)", "line 2: ?"),
        ("import cv2\nother = cv2", "line 2: ?"),
        ("other = importlib.import_module('cv2')", "line 1: ?"),
        ("class A:\n    m: cv2.Mat = cv2.PCACompute(a)", "line 2"),
        ("container.add_stream('libx265', rate=15)", "line 1: the encoder libx265"),
        ("container.add_stream(name)", "line 1: the encoder ?"),
        ("av.CodecContext.create('libsvtav1', 'w')", "line 1: the encoder libsvtav1"),
        ("av.Codec(codec, mode='w')", "line 1: the encoder ?"),
    ],
)
def test_no_bundle_is_made_that_asks_for_more(tmp_path: Path, source: str, named: str) -> None:
    path = tmp_path / "module.py"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(UnknownCallError) as refused:
        check_calls([path])
    assert named in str(refused.value)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    "source",
    ["import cv2\ncv2.resize(a, (2, 2), interpolation=cv2.INTER_AREA)", "cv2.COLOR_BGR2GRAY",
     "container.add_stream('libx264')", "av.Codec('hevc', 'r')", "# cv2.solve", "'cv2.solve'"],
)  # fmt: skip
def test_a_bundle_is_made_of_what_is_known(tmp_path: Path, source: str) -> None:
    path = tmp_path / "module.py"
    path.write_text(source, encoding="utf-8")
    check_calls([path])


@pytest.mark.parametrize("maker", [PACKAGING / "fallwatch.spec", CONTAINER / "slim.py"])
def test_what_puts_stand_ins_looks_at_the_calls_first(maker: Path) -> None:
    called = [
        (node.lineno, node.func.id)
        for node in ast.walk(ast.parse(maker.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    lines = {name: line for line, name in called}
    assert lines["check_calls"] < lines["put_stand_ins"]


@pytest.fixture
def libraries(tmp_path: Path) -> Iterator[Path]:
    """PyAV and OpenCV as they are installed here, and the libraries of both; 260 MB."""
    import av
    import cv2

    packages = Path(av.__file__).parents[1]
    assert packages == Path(cv2.__file__).parents[1]
    for name in ("av", "av.libs", "cv2", "opencv_python_headless.libs"):
        shutil.copytree(packages / name, tmp_path / "packages" / name, symlinks=True)
    yield tmp_path / "packages"
    shutil.rmtree(tmp_path / "packages")


_ENCODES = """
import sys
from fractions import Fraction
sys.path.insert(0, sys.argv[1])
import av
assert av.__file__.startswith(sys.argv[1])
av.logging.set_level(av.logging.PANIC)
for name in sys.argv[2:]:
    context = av.CodecContext.create(name, "w")
    context.width = context.height = 64
    context.pix_fmt, context.time_base = "yuv420p", Fraction(1, 15)
    frame = av.VideoFrame(64, 64, "yuv420p")
    frame.pts = 0
    try:
        context.open()
        print(len(context.encode(frame) + context.encode(None)))
    except av.FFmpegError:
        print("refused")
"""

_CALCULATES = """
import sys
sys.path.insert(0, sys.argv[1])
import cv2, numpy
assert cv2.__file__.startswith(sys.argv[1])
image = numpy.zeros((64, 64, 3), numpy.uint8)
print(cv2.imencode(".jpg", image)[0], cv2.imencode(".avif", image)[0])
print(cv2.imdecode(numpy.frombuffer(bytes.fromhex(sys.argv[2]), numpy.uint8), cv2.IMREAD_COLOR))
large = numpy.eye(200)
print((numpy.linalg.inv(large) @ large == large).all(), flush=True)
cv2.gemm(large, large, 1, None, 0)
"""


@built
@pytest.mark.skipif(
    not list(Path(sys.prefix).glob("lib/python*/site-packages/av.libs/libx265*")),
    reason="PyAV and OpenCV are not those of the wheels here",
)
def test_an_encoder_that_is_left_out_is_an_error_and_no_end(libraries: Path) -> None:
    assert len(put_stand_ins(libraries)) == len(UNUSED)
    asked = ["libx264", "libx265", "libsvtav1", "libvpx", "libvpx-vp9"]
    line = [sys.executable, "-c", _ENCODES, str(libraries), *asked]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["1", *["refused"] * 4]), done.stderr

    import cv2
    import numpy as np

    avif = cv2.imencode(".avif", np.zeros((64, 64, 3), np.uint8))[1].tobytes().hex()
    line = [sys.executable, "-c", _CALCULATES, str(libraries), avif]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["True", "False", "None", "True"], done.stderr
    # OpenCV's own product of matrices cannot say that there is none.
    assert done.returncode < 0
    assert "cblas_dgemm" in done.stderr


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
