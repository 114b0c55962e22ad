"""Looks for a camera's password in everything that fallwatch writes, and at whom it talks to.

The password has parts that no other text holds, so it is found raw, encoded for an address, in
JSON, in a database page or cut in two. What may hold it is left out: the password file, which
stands in for a keyring and is announced; its mode is checked.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from fallwatch.events.export import to_csv, to_json
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.password_file import PASSWORD_FILE
from fallwatch.settings import SETTINGS_FILE
from tests.faults.registry import Command
from tests.faults.report import Report, Row
from tests.faults.stamped_camera import StampedCamera, stamped_camera
from tests.faults.watch_run import WatchRun, start_watch

USER, PASSWORD = "anna", "Xq7kanari/vq8vogel@ %ü"

#: Any of these, in any case, gives the password away; the last is how HTTP sends a login.
NEEDLES = (
    b"xq7kanari",
    b"vq8vogel",
    base64.b64encode(f"{USER}:{PASSWORD}".encode()).lower(),
)

_TIMEOUT_S = 120.0
_TRACED = "connect,sendto,sendmsg,sendmmsg,bind,listen"
_PEER = re.compile(r"(\w+)\(\d+, .*?sa_family=AF_INET6?, sin6?_port=htons\((\d+)\)(.*?)\}")


@dataclass(slots=True)
class Findings:
    """What was seen in one or more runs.

    Attributes:
        runs: Names of the runs.
        searched_bytes: How much was searched.
        leaks: Where the password stood.
        open_files: Files in the folders of settings and data that others may read.
        to_camera: How often it connected to its camera.
        strangers: Whom it talked to besides.
        unpickled: What was unpickled.
    """

    runs: list[str] = field(default_factory=list)
    searched_bytes: int = 0
    leaks: list[str] = field(default_factory=list)
    open_files: list[str] = field(default_factory=list)
    to_camera: int = 0
    strangers: list[str] = field(default_factory=list)
    unpickled: list[str] = field(default_factory=list)

    def search(self, where: str, content: bytes) -> None:
        """Look for the password."""
        self.searched_bytes += len(content)
        lower = content.lower()
        if any(needle in lower for needle in NEEDLES):
            self.leaks.append(where)


@contextmanager
def observed(
    findings: Findings,
    name: str,
    arguments: Sequence[str],
    *,
    mode: str = "scripted",
    allowed_port: int | None = None,
    prepare: Callable[[Path], None] = lambda home: None,
    left_out: str = PASSWORD_FILE,
) -> Iterator[tuple[WatchRun, Path]]:
    """Run fallwatch; at the end look through all it wrote and all it connected to."""
    with tempfile.TemporaryDirectory() as folder:
        home, trace = Path(folder) / "home", Path(folder) / "trace"
        temporary = home / "tmp"
        temporary.mkdir(parents=True)
        prepare(home)
        environment = {
            "TMPDIR": str(temporary),
            "FALLWATCH_AUDIT": "1",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "QT_QPA_PLATFORM": "offscreen",
        }
        run = start_watch(
            home, arguments, mode=mode, before=_tracer(trace), environment=environment
        )
        sys.stderr.write(f"{name}\n")
        try:
            yield run, home
        finally:
            _stop(run)
        findings.runs.append(name)
        _look_through(findings, name, run, home, left_out)
        _look_at_peers(findings, name, run, trace, allowed_port)


def watch_all(findings: Findings) -> None:
    """Every way a password can go."""
    with stamped_camera(f"{USER}:{PASSWORD}") as camera:
        _right_password(findings, camera)
        for name, address in (
            ("unescaped", f"http://{USER}:{PASSWORD}@127.0.0.1:{camera.port}/video"),
            ("another protocol", _login(camera.url).replace("http:", "rtsp:")),
            ("wrong password", _login(camera.url).replace("ogel", "ogel9")),
        ):
            # The scheme's port is the camera's: whatever is tried, it is tried there.
            with observed(
                findings, name, ["--verbose", "watch", address, "--headless"],
                allowed_port=camera.port,
            ) as (run, _):  # fmt: skip
                _wait_for_end(run)
        _traceback(findings, camera)
        _window(findings, camera)
    _lost_camera(findings)
    _bad_settings(findings)


def _right_password(findings: Findings, camera: StampedCamera) -> None:
    arguments = ["--verbose", "watch", _login(camera.url), "--headless"]
    with observed(findings, "an alarm", arguments, allowed_port=camera.port) as (run, home):
        _expect(run.wait_for(lambda each: bool(each.events()), _TIMEOUT_S), run)
        for title in _titles(run.process.pid):
            findings.search("the list of processes", title)
        time.sleep(1.0)  # so that there is a picture and a clip
        store = EventStore(home / "data" / STORE_FILE)
        alarms = store.all()
        store.close()
        findings.search("the export to CSV", to_csv(alarms).encode())
        findings.search("the export to JSON", to_json(alarms).encode())


def _traceback(findings: Findings, camera: StampedCamera) -> None:
    arguments = ["--verbose", "watch", _login(camera.url), "--headless"]
    with observed(findings, "a traceback", arguments, mode="broken", allowed_port=camera.port) as (
        run,
        _,
    ):
        _expect(run.wait_for(lambda each: "Traceback" in _errors(each), _TIMEOUT_S), run)


def _lost_camera(findings: Findings) -> None:
    with ExitStack() as power:
        camera = power.enter_context(stamped_camera(f"{USER}:{PASSWORD}"))
        arguments = ["--verbose", "watch", _login(camera.url), "--headless"]
        with observed(findings, "a lost camera", arguments, allowed_port=camera.port) as (run, _):
            _expect(run.wait_for(lambda each: bool(each.events()), _TIMEOUT_S), run)
            power.close()
            camera.on_air.clear()
            _expect(run.wait_for(lambda each: "cannot be reached" in _errors(each), 60.0), run)


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
        _expect(run.wait_for(lambda each: "is missing" in _errors(each), _TIMEOUT_S), run)
        _wait_for_end(run)


def _window(findings: Findings, camera: StampedCamera) -> None:
    def write_settings(home: Path) -> None:
        (home / "config").mkdir()
        text = f'[[cameras]]\nname = "Hall"\nsource = "{_login(camera.url)}"\n'
        (home / "config" / SETTINGS_FILE).write_text(text)

    with observed(
        findings, "the window", ["--verbose", "gui"], mode="models", allowed_port=camera.port,
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


def _look_through(findings: Findings, name: str, run: WatchRun, home: Path, left_out: str) -> None:
    findings.search(f"{name}: standard output", "\n".join(each.text for each in run.out).encode())
    findings.search(f"{name}: standard error", _errors(run).encode())
    for path in sorted(home.rglob("*")):
        if not path.is_file():
            continue
        place = f"{name}: {path.relative_to(home)}"
        if path.name != left_out:
            findings.search(place, path.read_bytes())
        is_private = path.relative_to(home).parts[0] in ("config", "data")
        if is_private and stat.S_IMODE(path.stat().st_mode) & 0o077:
            findings.open_files.append(place)


def _look_at_peers(
    findings: Findings, name: str, run: WatchRun, trace: Path, allowed_port: int | None
) -> None:
    if trace.exists():
        for call, port, rest in _PEER.findall(trace.read_text(errors="replace")):
            if int(port) != allowed_port or "127.0.0.1" not in rest:
                findings.strangers.append(f"{name}: {call} port {port}{rest}")
            else:
                findings.to_camera += 1
    for said in run.out:
        if said.json is None or "audit" not in said.json:
            continue
        words = f"{name}: {said.json['audit']} {said.json['with']}"
        if said.json["audit"] == "pickle.find_class":
            findings.unpickled.append(words)
        elif str(said.json["with"]) != f"('127.0.0.1', {allowed_port})":
            findings.strangers.append(words)


def _tracer(trace: Path) -> list[str]:
    """What runs fallwatch so that its sockets are seen, where that is installed."""
    if shutil.which("strace") is None:
        return []
    return ["strace", "-f", "-qq", "--seccomp-bpf", "-e", f"trace={_TRACED}", "-o", str(trace)]


def _titles(pid: int) -> Iterator[bytes]:
    """The command line of fallwatch and of all it started, and the names of their threads."""
    for path in [Path(f"/proc/{pid}"), *_descendants(pid)]:
        # strace's own command line is ours, not fallwatch's.
        if (path / "comm").read_text().strip() != "strace":
            yield (path / "cmdline").read_bytes()
            yield from (task.read_bytes() for task in path.glob("task/*/comm"))


def _descendants(pid: int) -> Iterator[Path]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    for child in children.read_text().split() if children.exists() else []:
        yield Path(f"/proc/{child}")
        yield from _descendants(int(child))


def _stop(run: WatchRun) -> None:
    """End fallwatch itself; strace, which may run it, ends with it."""
    for path in _descendants(run.process.pid):
        if run.process.poll() is None and (path / "comm").read_text().strip().startswith("python"):
            os.kill(int(path.name), 15)
            break
    else:
        run.process.terminate()
    run.finish()


def _wait_for_end(run: WatchRun) -> None:
    run.process.wait(_TIMEOUT_S)


def _errors(run: WatchRun) -> str:
    return "\n".join(said.text for said in run.errors)


def _expect(happened: bool, run: WatchRun) -> None:
    if not happened:
        raise AssertionError(f"fallwatch did not do what was to be looked at:\n{_errors(run)}")


def _login(url: str) -> str:
    return url.replace("//", f"//{USER}:{quote(PASSWORD, safe='')}@", 1)


def report(findings: Findings, quiet: Findings) -> Report:
    """The table's rows."""
    traced = "strace and " if shutil.which("strace") else ""
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
            f"{traced}audit hook on every socket of the same runs and of the demo",
            runs,
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
    watch_all(findings)
    watch_nobody(quiet)
    return report(findings, quiet)


COMMAND = Command(
    "secrets", "Look for a password in all that is written.", lambda parser: None, run
)
