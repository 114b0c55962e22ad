"""The Debian package: made here of a bundle that holds next to nothing, and looked into."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from email import message_from_string
from pathlib import Path

import pytest

from fallwatch import __version__
from tests.repository import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "resources" / "packaging"))
from bundle_parts import FROM_SYSTEM

LINUX = REPOSITORY / "resources" / "packaging" / "linux"

pytestmark = pytest.mark.skipif(
    shutil.which("dpkg-deb") is None, reason="Debian's tools are not here"
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's file."""
    bundle = tmp_path_factory.mktemp("bundle") / "fallwatch"
    (bundle / "_internal").mkdir(parents=True)
    program = bundle / "fallwatch"
    program.write_text("#!/bin/sh\necho started\n", encoding="ascii")
    program.chmod(0o700)
    (bundle / "_internal" / "large").write_bytes(bytes(300_000))
    target = tmp_path_factory.mktemp("dist")
    line = ["bash", str(LINUX / "build_deb.sh"), str(bundle), str(target)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (made,) = target.iterdir()
    return made


def dpkg_deb(option: str, package: Path) -> str:
    line = ["dpkg-deb", option, str(package)]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout


def dependencies(package: Path) -> set[str]:
    names = message_from_string(dpkg_deb("-f", package))["Depends"].split(",")
    return {name.split("(")[0].strip() for name in names}


def test_its_name_version_and_size_are_those_of_the_bundle(package: Path) -> None:
    fields = message_from_string(dpkg_deb("-f", package))
    assert (fields["Package"], fields["Version"]) == ("fallwatch", __version__)
    assert package.name == f"fallwatch_{__version__}_{fields['Architecture']}.deb"
    assert 300 < int(fields["Installed-Size"]) < 1000  # thousands of bytes


def test_it_asks_the_system_for_all_that_the_bundle_leaves_to_it(package: Path) -> None:
    assert set(FROM_SYSTEM.values()) <= dependencies(package)
    # An alarm needs a player; both programs have to be there.
    assert {"alsa-utils", "mpg123"} <= dependencies(package)


def test_it_asks_for_what_the_readme_names_but_for_python(package: Path) -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^sudo apt-get install (python3-venv .+)$", readme, re.MULTILINE)
    assert len(named) == 1
    # GLES and PulseAudio are only asked for by what pip installs.
    needed = set(named[0].split()) - {"python3-venv", "libgles2", "libpulse0"}
    assert needed <= dependencies(package)


def test_the_menu_s_command_is_what_it_installs(package: Path, tmp_path: Path) -> None:
    subprocess.run(["dpkg-deb", "-x", str(package), str(tmp_path)], check=True)
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(tmp_path / "usr/share/applications/fallwatch.desktop", encoding="utf-8")
    command = entry["Desktop Entry"]["Exec"]
    started = subprocess.run([tmp_path / command.lstrip("/")], capture_output=True, check=True)
    assert started.stdout == b"started\n"
    assert (tmp_path / "usr/bin/fallwatch").readlink() == Path(command)
    icons = tmp_path / "usr/share/icons/hicolor"
    name = entry["Desktop Entry"]["Icon"]
    assert (icons / "scalable/apps" / f"{name}.svg").is_file()
    for side in (16, 32, 48, 128, 256):
        assert (icons / f"{side}x{side}/apps" / f"{name}.png").is_file()
    assert (tmp_path / "usr/share/doc/fallwatch/copyright").is_file()


def test_everybody_may_run_it_and_only_root_change_it(package: Path) -> None:
    rows = [line.split() for line in dpkg_deb("-c", package).splitlines()]
    assert {row[1] for row in rows} == {"root/root"}
    modes = {row[5]: row[0] for row in rows}
    assert modes["./opt/fallwatch/fallwatch"] == "-rwxr-xr-x"
    assert not any(mode[5] == "w" or mode[8] == "w" for mode in modes.values() if mode[0] != "l")


def test_removing_it_runs_nothing_of_ours(package: Path, tmp_path: Path) -> None:
    """Settings and record are the user's: no script of the package touches them."""
    subprocess.run(["dpkg-deb", "-e", str(package), str(tmp_path / "control")], check=True)
    assert [path.name for path in (tmp_path / "control").iterdir()] == ["control"]
