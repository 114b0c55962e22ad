"""Looks for a camera's password in everything that fallwatch writes, and at whom it talks to.

What may hold the password is left out: the password file, which stands in for a keyring and is
announced; its mode is checked.
"""

from __future__ import annotations

import argparse
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from fallwatch.dispatch.notifications import MESSAGE_SECRETS
from fallwatch.events.export import to_csv, to_json
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.settings import (
    SETTINGS_FILE,
    BrokerSettings,
    MessageSettings,
    Settings,
    save_settings,
)
from fallwatch.system.secrets.password_file import PASSWORD_FILE, PasswordFile
from tests.faults.camera.stamped_camera import StampedCamera, stamped_camera
from tests.faults.process.observation import (
    PASSWORD,
    USER,
    Findings,
    errors_of,
    is_traced,
    observed,
    titles_of,
)
from tests.faults.process.watch_run import WatchRun
from tests.faults.registry import Command
from tests.faults.report import Report, Row
from tests.sources.camera.camera_server import unused_port

_TIMEOUT_S = 600.0


def watch_all(findings: Findings, *, brief: bool = False) -> None:
    """Every way a password can go; briefly, those on which most is written."""
    with stamped_camera(f"{USER}:{PASSWORD}") as camera:
        _right_password(findings, camera)
        if not brief:
            _refused(findings, camera)
        _traceback(findings, camera)
        _window(findings, camera)
    if not brief:
        _lost_camera(findings)
    _bad_settings(findings)
    _messages(findings)


def _right_password(findings: Findings, camera: StampedCamera) -> None:
    arguments = ["--verbose", "watch", _login(camera.url), "--headless"]
    with observed(findings, "an alarm", arguments, allowed_ports=[camera.port]) as (run, home):
        _expect(run.wait_for(lambda each: bool(each.events()), _TIMEOUT_S), run)
        for title in titles_of(run.process.pid):
            findings.search("the list of processes", title)
        time.sleep(1.0)  # so that there is a snapshot and a clip
        store = EventStore(home / "data" / STORE_FILE)
        alarms = store.all()
        store.close()
        findings.search("the export to CSV", to_csv(alarms).encode())
        findings.search("the export to JSON", to_json(alarms).encode())


def _refused(findings: Findings, camera: StampedCamera) -> None:
    """Addresses that lead to no image."""
    for name, address in (
        ("unescaped", f"http://{USER}:{PASSWORD}@127.0.0.1:{camera.port}/video"),
        ("another protocol", _login(camera.url).replace("http:", "rtsp:")),
        ("wrong password", _login(camera.url).replace("ogel", "ogel9")),
    ):
        # The scheme's port is the camera's: whatever is tried, it is tried there.
        with observed(
            findings, name, ["--verbose", "watch", address, "--headless"],
            allowed_ports=[camera.port],
        ) as (run, _):  # fmt: skip
            _wait_for_end(run)


def _traceback(findings: Findings, camera: StampedCamera) -> None:
    arguments = ["--verbose", "watch", _login(camera.url), "--headless"]
    with observed(
        findings, "a traceback", arguments, mode="broken", allowed_ports=[camera.port]
    ) as (
        run,
        _,
    ):
        _expect(run.wait_for(lambda each: "Traceback" in errors_of(each), _TIMEOUT_S), run)


def _lost_camera(findings: Findings) -> None:
    with ExitStack() as power:
        camera = power.enter_context(stamped_camera(f"{USER}:{PASSWORD}"))
        arguments = ["--verbose", "watch", _login(camera.url), "--headless"]
        with observed(findings, "a lost camera", arguments, allowed_ports=[camera.port]) as (
            run,
            _,
        ):
            _expect(run.wait_for(lambda each: bool(each.events()), _TIMEOUT_S), run)
            power.close()
            camera.on_air.clear()
            _expect(run.wait_for(lambda each: "cannot be reached" in errors_of(each), 60.0), run)


def _bad_settings(findings: Findings) -> None:
    """A camera whose settings cannot be used is told of, and its address stands in them."""
    address = _login("http://127.0.0.1/video")

    def write_settings(home: Path) -> None:
        (home / "config").mkdir()
        text = f'[[cameras]]\nsource = "{address}"\n[[cameras]]\nname = 1\nsource = "{address}"\n'
        (home / "config" / SETTINGS_FILE).write_text(text)
        (home / "config" / SETTINGS_FILE).chmod(0o600)

    with observed(
        findings, "unusable settings", ["--verbose", "watch", "/no/film.mp4", "--headless"],
        prepare=write_settings, left_out=SETTINGS_FILE,
    ) as (run, _):  # fmt: skip
        _expect(run.wait_for(lambda each: "is missing" in errors_of(each), _TIMEOUT_S), run)
        _wait_for_end(run)


def _messages(findings: Findings) -> None:
    """Word of an alarm, and a broker, that nobody takes: both have a login in the password file."""
    port = unused_port()
    broker = f"mqtt://127.0.0.1:{port}"

    def write_settings(home: Path) -> None:
        rooms = Settings(
            messages=(MessageSettings(name="Anna"),),
            broker=BrokerSettings(address=broker, user=USER),
        )
        save_settings(rooms, home / "config" / SETTINGS_FILE)
        kept = PasswordFile(home / "config" / PASSWORD_FILE)
        kept.put(f"Anna at {MESSAGE_SECRETS}", _login(f"json://127.0.0.1:{port}/x"))
        kept.put(f"{USER} at {broker}", PASSWORD)

    with stamped_camera() as camera, observed(
        findings, "messages and a broker", ["--verbose", "watch", camera.url, "--headless"],
        allowed_ports=None, prepare=write_settings,
    ) as (run, _):  # fmt: skip
        _expect(run.wait_for(lambda each: bool(each.events()), _TIMEOUT_S), run)
        _expect(run.wait_for(lambda each: "Anna" in errors_of(each), _TIMEOUT_S), run)


def _window(findings: Findings, camera: StampedCamera) -> None:
    def write_settings(home: Path) -> None:
        (home / "config").mkdir()
        text = f'[[cameras]]\nname = "Hall"\nsource = "{_login(camera.url)}"\n'
        (home / "config" / SETTINGS_FILE).write_text(text)

    with observed(
        findings, "the window", ["--verbose", "gui"], mode="models", allowed_ports=[camera.port],
        prepare=write_settings,
    ) as (_, home):  # fmt: skip
        kept = home / "config" / PASSWORD_FILE
        deadline_s = time.monotonic() + _TIMEOUT_S
        while not kept.exists() and time.monotonic() < deadline_s:
            time.sleep(0.5)
        assert kept.exists(), "the window did not move the password out of the settings"
        time.sleep(8.0)  # so that the camera is opened and looked at


def watch_nobody(findings: Findings) -> None:
    """The real models on the bundled clip: no camera, so no connection at all."""
    with observed(findings, "the demo", ["demo", "--headless"], mode="models") as (run, _):
        _wait_for_end(run)
        _expect(run.process.returncode == 0, run)


def _wait_for_end(run: WatchRun) -> None:
    run.process.wait(_TIMEOUT_S)


def _expect(happened: bool, run: WatchRun) -> None:
    if not happened:
        raise AssertionError(f"fallwatch did not do what was to be looked at:\n{errors_of(run)}")


def _login(url: str) -> str:
    return url.replace("//", f"//{USER}:{quote(PASSWORD, safe='')}@", 1)


def report(findings: Findings, quiet: Findings) -> Report:
    """The table's rows."""
    traced = "strace and " if is_traced() else ""
    names = ", ".join(findings.runs)
    strangers = findings.strangers + quiet.strangers
    runs = len(findings.runs) + len(quiet.runs)
    rows = (
        Row(
            "A camera's password is written nowhere",
            f"looked for raw and encoded in logs (`--verbose`), record, settings, exports, "
            f"recordings, temporary files, tracebacks and process titles of: {names}",
            len(findings.runs),
            f"{len(findings.leaks)} hits in {findings.searched_bytes / 1e6:.1f} MB",
            not findings.leaks,
        ),
        Row(
            "Only the owner can read settings, passwords and record",
            "mode of every file in the folders of settings and data after these runs",
            runs,
            f"{len(findings.open_files + quiet.open_files)} files open to others",
            not findings.open_files + quiet.open_files,
        ),
        Row(
            "Without a channel it talks to its cameras alone",
            f"{traced}audit hook on every socket of the same runs but the last, and of the demo",
            runs - 1,
            f"{len(strangers)} other connections ({findings.to_camera} to the camera)",
            not strangers,
        ),
        Row(
            "Nothing is unpickled, weights included",
            "audit hook on every class that pickle looks up, from the start to the end of a demo",
            len(quiet.runs),
            f"{len(quiet.unpickled)} classes looked up",
            not quiet.unpickled,
        ),
    )
    details = {
        "leaks": findings.leaks,
        "open_files": findings.open_files + quiet.open_files,
        "strangers": strangers,
        "unpickled": quiet.unpickled,
    }
    return Report("secrets", rows, details)


def run(arguments: argparse.Namespace) -> Report:
    """Look at everything."""
    findings, quiet = Findings(), Findings()
    watch_all(findings, brief=arguments.brief)
    watch_nobody(quiet)
    return report(findings, quiet)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--brief", action="store_true", help="leave out the slower half")


COMMAND = Command("secrets", "Look for a password in all that is written.", add_arguments, run)
