"""Runs fallwatch with a password, and sees all that it writes and whom it talks to.

The password has parts that no other text holds, so it is found raw, encoded for an address, in
JSON, in a database page or cut in two.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from fallwatch.system.secrets.password_file import PASSWORD_FILE
from tests.faults.process.watch_run import WatchRun, start_watch

USER, PASSWORD = "anna", "Xq7kanari/vq8vogel@ %ü"

#: Any of these, in any case, gives the password away; the last is how HTTP sends a login.
NEEDLES = (
    b"xq7kanari",
    b"vq8vogel",
    base64.b64encode(f"{USER}:{PASSWORD}".encode()).lower(),
)

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
    allowed_ports: Collection[int] | None = (),
    prepare: Callable[[Path], None] = lambda home: None,
    left_out: str = PASSWORD_FILE,
) -> Iterator[tuple[WatchRun, Path]]:
    """Run fallwatch; at the end look through all it wrote and all it connected to.

    Whom it connects to is not looked at where the allowed ports are None.
    """
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
        if allowed_ports is not None:
            _look_at_peers(findings, name, run, trace, allowed_ports)


def _look_through(findings: Findings, name: str, run: WatchRun, home: Path, left_out: str) -> None:
    findings.search(f"{name}: standard output", "\n".join(each.text for each in run.out).encode())
    findings.search(f"{name}: standard error", errors_of(run).encode())
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
    findings: Findings, name: str, run: WatchRun, trace: Path, allowed_ports: Collection[int]
) -> None:
    if trace.exists():
        for call, port, rest in _PEER.findall(trace.read_text(errors="replace")):
            if int(port) not in allowed_ports or "127.0.0.1" not in rest:
                findings.strangers.append(f"{name}: {call} port {port}{rest}")
            else:
                findings.to_camera += 1
    for said in run.out:
        if said.json is None or "audit" not in said.json:
            continue
        words = f"{name}: {said.json['audit']} {said.json['with']}"
        if said.json["audit"] == "pickle.find_class":
            findings.unpickled.append(words)
        elif str(said.json["with"]) not in [f"('127.0.0.1', {port})" for port in allowed_ports]:
            findings.strangers.append(words)


def is_traced() -> bool:
    """Whether strace is there; without it only Python's own sockets are seen."""
    return shutil.which("strace") is not None


def _tracer(trace: Path) -> list[str]:
    """What runs fallwatch so that its sockets are seen, where that is installed."""
    if not is_traced():
        return []
    return ["strace", "-f", "-qq", "--seccomp-bpf", "-e", f"trace={_TRACED}", "-o", str(trace)]


def titles_of(pid: int) -> Iterator[bytes]:
    """The command line of fallwatch and of all it started, and the names of their threads."""
    for path in [Path(f"/proc/{pid}"), *_descendants(pid)]:
        # strace's own command line is ours, not fallwatch's.
        if (path / "comm").read_text().strip() != "strace":
            yield (path / "cmdline").read_bytes()
            for task in path.glob("task/*/comm"):
                # A thread may end between being listed and being read.
                with suppress(FileNotFoundError, ProcessLookupError):
                    yield task.read_bytes()


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


def errors_of(run: WatchRun) -> str:
    """All of standard error so far."""
    return "\n".join(said.text for said in run.errors)
