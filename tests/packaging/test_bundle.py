"""The choice of what the desktop bundle contains, and its files for each system."""

from __future__ import annotations

import ctypes
import os
import re
import runpy
import shutil
import struct
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from fallwatch import paths
from fallwatch.pose.networks import FOLDER, SECOND_EYE_FOLDER
from fallwatch.settings import Settings
from fallwatch.ui.help.texts import guides_dir
from fallwatch.web.application import PAGE_DIR
from tests.repository import REPOSITORY

PACKAGING = REPOSITORY / "resources" / "packaging"
sys.path.insert(0, str(PACKAGING))
import bundle_parts  # noqa: E402
import elf  # noqa: E402
import icons  # noqa: E402
import smaller  # noqa: E402
from bundle_parts import (  # noqa: E402
    HIDDEN_MODULES,
    HIDDEN_PACKAGES,
    LEFT_OUT,
    RESOURCES,
    WEIGHTS,
    apprise_services,
    data_files,
    is_wanted,
    openvino_libraries,
)


@pytest.mark.parametrize(
    "name",
    ["openvino/libs/libopenvino.so.2641", "openvino/libs/libopenvino_ir_frontend.so.2641",
     "openvino/libs/libopenvino_intel_cpu_plugin.so", "openvino/libs/openvino_intel_cpu_plugin.dll",
     "openvino/libs/libopenvino_tensorflow_lite_frontend.so.2641", "openvino/libs/libtbb.so.12",
     "openvino/libs/tbb12.dll", "libopenvino.so.2641", "PySide6/Qt/lib/libQt6Core.so.6",
     "PySide6/Qt/plugins/platforms/libqxcb.so", "PySide6/Qt/plugins/platforms/libqoffscreen.so",
     "PySide6/Qt/translations/qtbase_de.qm", "PySide6/Qt/plugins/imageformats/libqjpeg.so",
     "av.libs/libx264-d6533a8d.so.165", "fallwatch/_data/weights/blazepose/networks.json"],
)  # fmt: skip
def test_what_the_program_loads_is_in_it(name: str) -> None:
    assert is_wanted(name)


@pytest.mark.parametrize(
    "name",
    ["openvino/libs/libopenvino_intel_gpu_plugin.so", "openvino/libs/openvino_onnx_frontend.dll",
     "libopenvino_pytorch_frontend.so.2641", "openvino/include/openvino/core.hpp", "libX11.so.6",
     "PySide6/Qt/plugins/platformthemes/libqgtk3.so", "PySide6/Qt/lib/libQt6Qml.so.6",
     "PySide6/Qt/translations/qtbase_fr.qm", "PySide6/Qt/plugins/imageformats/libqtiff.so",
     "apprise/i18n/en/LC_MESSAGES/apprise.mo"],
)  # fmt: skip
def test_what_nobody_loads_is_not(name: str) -> None:
    assert not is_wanted(name)


def test_modules_that_are_imported_by_name_are_in_it() -> None:
    """What PyInstaller does not find by itself is named, unless it is left out on purpose."""
    calls = re.compile(r"\bimport_module\(\s*[\"']([\w.]+)[\"']")
    named = {
        name
        for path in (REPOSITORY / "fallwatch").rglob("*.py")
        for name in calls.findall(path.read_text(encoding="utf-8"))
    }
    assert "openvino" in named
    known = (*HIDDEN_PACKAGES, *HIDDEN_MODULES, *LEFT_OUT)
    assert {
        name for name in named if not any(f"{name}.".startswith(f"{k}.") for k in known)
    } == set()


def test_tracebacks_need_the_colours_of_python_alone() -> None:
    assert bundle_parts.is_wanted_module("pygments.lexers")
    assert bundle_parts.is_wanted_module("pygments.lexers.python")
    assert not bundle_parts.is_wanted_module("pygments.lexers.fortran")


def test_openvino_s_versioned_libraries_are_found(tmp_path: Path) -> None:
    libs = tmp_path / "libs"
    libs.mkdir()
    for name in ("libopenvino.so.1", "libopenvino_ir_frontend.so.1", "libopenvino_auto_plugin.so"):
        (libs / name).touch()
    assert [Path(source).name for source, _ in openvino_libraries(tmp_path)] == [
        "libopenvino.so.1", "libopenvino_ir_frontend.so.1",
    ]  # fmt: skip


def test_apprise_finds_its_services_in_the_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks for files of their names; its modules are imported from elsewhere."""
    import apprise
    from apprise.manager_plugins import NotificationManager

    for place, source in apprise_services(Path(apprise.__file__).parent):
        target = tmp_path / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path(source).read_bytes())
        assert target.stat().st_size == 0
    manager = NotificationManager()
    manager.unload_modules()
    monkeypatch.setattr(manager, "module_path", str(tmp_path / "apprise" / "plugins"))
    try:
        assert {"mailto", "ntfy", "tgram", "json"} <= set(manager.schemas())
    finally:
        monkeypatch.undo()
        manager.unload_modules()
    assert list((tmp_path / "apprise" / "attachment").glob("file.py"))


def test_its_data_lie_where_an_installed_wheel_has_them() -> None:
    files = dict(data_files(REPOSITORY))
    assert all(Path(source).exists() for source in files)
    assert Settings().variant in WEIGHTS
    assert {FOLDER, SECOND_EYE_FOLDER} <= set(WEIGHTS)
    for name in RESOURCES:
        assert files[str(paths.resources_dir() / name)] == f"fallwatch/_data/resources/{name}"
    for guide in guides_dir().glob("user*.md"):
        assert files[str(guide)] == "fallwatch/_data/resources/docs"
    # Beside its module, where the web server looks for it.
    assert files[str(PAGE_DIR)] == PAGE_DIR.relative_to(REPOSITORY).as_posix()


def test_the_bundle_brings_what_the_page_for_phones_needs() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert "fallwatch[web]" in project["project"]["optional-dependencies"]["bundle"]


def weights_of(pyproject: Path) -> set[str]:
    """Folders of weights that a wheel is made of."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    start = "fallwatch/_data/weights/"
    return {where.removeprefix(start) for where in included.values() if where.startswith(start)}


def test_wheel_and_bundle_hold_the_same_weights_and_a_wheel_of_their_own_the_others() -> None:
    assert weights_of(REPOSITORY / "pyproject.toml") == set(WEIGHTS)
    every = {path.name for path in (REPOSITORY / "weights").iterdir() if path.is_dir()}
    assert weights_of(REPOSITORY / "weights" / "pyproject.toml") == every - set(WEIGHTS)
    workflow = (REPOSITORY / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    left_out = re.findall(r"-x ((?:'weights/[^']+' ?)+)", workflow)
    assert set(re.findall(r"'weights/([^/]+)/\*'", left_out[0])) == set(WEIGHTS)


def test_the_icons_of_every_system_are_there_and_whole() -> None:
    folder = PACKAGING / "icons"
    assert icons.ICO_SIDES[-1] == 256
    images = {side: (folder / f"fallwatch-{side}.png").read_bytes() for side in icons.PNG_SIDES}
    for side, data in images.items():
        assert data.startswith(b"\x89PNG")
        assert struct.unpack(">II", data[16:24]) == (side, side)
    data = (folder / "fallwatch.ico").read_bytes()
    count = struct.unpack_from("<H", data, 4)[0]
    assert count == len(icons.ICO_SIDES)
    for number in range(count):
        length, offset = struct.unpack_from("<II", data, 6 + 16 * number + 8)
        assert data[offset : offset + 4] == b"\x89PNG"
        assert offset + length <= len(data)
    data = (folder / "fallwatch.icns").read_bytes()
    assert data[:4] == b"icns"
    assert struct.unpack_from(">I", data, 4)[0] == len(data)


def test_the_icons_look_as_the_picture_does(qapp: object) -> None:
    """Made again they are the same, but for what another Qt paints a little otherwise."""
    from PySide6.QtGui import QImage

    for side in (32, 256):
        stored = QImage(str(PACKAGING / "icons" / f"fallwatch-{side}.png"))
        painted = QImage.fromData(icons.paint(side))
        for at in ((side // 2, side // 2), (side // 8, side // 8), (side // 2, side // 4)):
            one, other = stored.pixelColor(*at), painted.pixelColor(*at)
            assert abs(one.lightness() - other.lightness()) < 30


@pytest.mark.skipif(sys.platform != "linux", reason="bundles of Linux alone are stripped")
def test_libraries_are_stripped_where_they_can_be_loaded_afterwards(tmp_path: Path) -> None:
    if shutil.which("strip") is None or shutil.which("gcc") is None:
        pytest.skip("no strip or no compiler here")
    source = tmp_path / "a.c"
    source.write_text("int answer(void) { return 42; } static int other(void) { return 1; }\n")
    library = tmp_path / "bundle" / "liba.so"
    library.parent.mkdir()
    subprocess.run(["gcc", "-g", "-shared", "-o", library, source], check=True)
    (tmp_path / "bundle" / "text.so").write_text("no library")
    before = library.stat().st_size
    saved = smaller.strip_symbols(tmp_path / "bundle")
    assert saved == before - library.stat().st_size > 0
    assert ctypes.CDLL(str(library)).answer() == 42
    broken = bytearray(library.read_bytes())
    (table_at,) = struct.unpack_from("<Q", broken, 32)
    (offset,) = struct.unpack_from("<Q", broken, table_at + 8)
    struct.pack_into("<Q", broken, table_at + 8, offset + 1)
    (tmp_path / "broken.so").write_bytes(broken)
    assert smaller.can_be_loaded(library)
    assert not smaller.can_be_loaded(tmp_path / "broken.so")


@pytest.fixture
def two_ffmpegs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle in which OpenCV has an FFmpeg of its own, of the same release as PyAV's."""
    for name in ("av.libs/libavcodec-11111111.so.62.1", "av.libs/libx264-11111111.so.165",
                 "opencv_python_headless.libs/libavcodec-22222222.so.62.1",
                 "opencv_python_headless.libs/libssl-22222222.so.1",
                 "opencv_python_headless.libs/libpng-22222222.so.16",
                 "opencv_python_headless.libs/libavif-22222222.so.16",
                 "cv2/cv2.abi3.so"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(path.name)
    (tmp_path / "libavcodec-22222222.so.62.1").symlink_to(
        "opencv_python_headless.libs/libavcodec-22222222.so.62.1"
    )
    needs = {
        "cv2.abi3.so": {"libavcodec-22222222.so.62.1", "libavif-22222222.so.16"},
        "libavif-22222222.so.16": {"libpng-22222222.so.16"},
        "libavcodec-22222222.so.62.1": {"libssl-22222222.so.1"},
    }
    monkeypatch.setattr(elf, "needs", lambda path: needs.get(path.name, set()))
    return tmp_path


def test_opencv_uses_the_ffmpeg_of_pyav(two_ffmpegs: Path) -> None:
    gone = bundle_parts.share_ffmpeg(two_ffmpegs)
    theirs = two_ffmpegs / "opencv_python_headless.libs"
    assert gone == ["libavcodec-22222222.so.62.1", "libssl-22222222.so.1"]
    for path in (theirs / gone[0], two_ffmpegs / gone[0]):
        assert path.read_text() == "libavcodec-11111111.so.62.1"
    # What the twin needs is looked for beside the name by which it was found.
    assert (theirs / "libx264-11111111.so.165").read_text() == "libx264-11111111.so.165"
    assert not (theirs / "libssl-22222222.so.1").exists()
    assert (theirs / "libpng-22222222.so.16").exists()


def test_halves_of_two_releases_are_not_mixed(two_ffmpegs: Path) -> None:
    (two_ffmpegs / "opencv_python_headless.libs" / "libswscale-22222222.so.9.0").write_text("")
    assert bundle_parts.share_ffmpeg(two_ffmpegs) == []
    assert (
        two_ffmpegs / "libavcodec-22222222.so.62.1"
    ).read_text() == "libavcodec-22222222.so.62.1"


def test_the_bundle_starts_its_own_modules_and_no_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = []
    monkeypatch.setattr(
        runpy, "run_module", lambda name, **options: ran.append((name, sys.argv[1:]))
    )
    monkeypatch.setattr("fallwatch.__main__.main", lambda: ran.append(("main", sys.argv[1:])))
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    start = runpy.run_path(str(PACKAGING / "start.py"))["main"]
    for arguments in (
        ["-m", "fallwatch.bench.arm_process", "x"],
        ["-m", "http.server"],
        ["-m"],
        [],
    ):
        monkeypatch.setattr(sys, "argv", ["fallwatch", *arguments])
        start()
    assert ran == [
        ("fallwatch.bench.arm_process", ["x"]),
        ("main", ["-m", "http.server"]),
        ("main", ["-m"]),
        ("main", []),
    ]


@pytest.mark.parametrize("before", ["/usr/local/lib", None])
def test_programs_of_the_system_get_the_system_s_libraries(
    monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    """The bundle's start puts its own folder first, and keeps what was there under another name."""
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/fallwatch/_internal")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    if before is None:
        monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    else:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    runpy.run_path(str(PACKAGING / "start.py"))["restore_library_path"]()
    assert os.environ.get("LD_LIBRARY_PATH") == before
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ


def test_on_arm_the_bundle_is_made_with_a_qt_that_its_old_system_can_load() -> None:
    """Wheels of PySide6 from 6.8.1 on want glibc 2.39 there; the runner has 2.35."""
    workflow = (REPOSITORY / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert "ubuntu-22.04-arm, name: linux-arm64" in workflow
    (pattern,) = re.findall(r"sed -i -E '/(.+)/d' \.ci/constraints\.txt", workflow)
    lock = (REPOSITORY / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    left_out = {line.partition("==")[0] for line in lock if re.search(pattern, line)}
    assert left_out == {line.partition("==")[0] for line in lock if re.match("pyside|shib", line)}
    assert len(left_out) == 2


def test_every_file_of_the_bundle_s_workflow_is_there() -> None:
    workflow = (REPOSITORY / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    named = {name.replace("\\", "/") for name in re.findall(r"resources[/\\][\w./\\-]+", workflow)}
    assert len(named) >= 4
    assert [name for name in named if not (REPOSITORY / name).is_file()] == []


def test_the_bundle_of_macos_says_why_it_wants_the_camera() -> None:
    spec = (PACKAGING / "fallwatch.spec").read_text(encoding="utf-8")
    compile(spec, "fallwatch.spec", "exec")
    assert re.search(r'"NSCameraUsageDescription": "fallwatch watches', spec)
