"""A report for somebody who helps: settings without secrets, findings and logs in one file."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import tomli_w

from fallwatch.core.message import Message
from fallwatch.settings import Settings
from fallwatch.sources.address import display_address
from fallwatch.system.program.versions import version_line

#: Stands where something was left out.
HIDDEN = "(left out)"

#: So much of the end of each log.
_MAX_LOG_BYTES = 300_000

_README = """This report was made by fallwatch for somebody who helps with it.
It holds no images, no passwords and no addresses of recipients. Names of rooms and recipients are
replaced by numbers, as far as fallwatch wrote them itself; read it before you send it.
"""


class Finding(Protocol):
    """What the report needs of ``fallwatch.doctor.CheckResult``."""

    @property
    def name(self) -> Message: ...
    @property
    def outcome(self) -> str: ...
    @property
    def words(self) -> Message: ...


def write_report(
    path: Path, settings: Settings, findings: Iterable[Finding], logs: Sequence[Path]
) -> None:
    """Write the report. Reads and writes files: not on the window's thread.

    Args:
        path: A zip file; one that is there is replaced.
        settings: In use.
        findings: Of the self-test.
        logs: Files of which the end is taken; those that are missing are left out.

    Raises:
        OSError: It cannot be written.
    """
    names = _stand_ins(settings)
    checks = "\n".join(
        f"{getattr(each.outcome, 'value', each.outcome)}: {each.name}: {each.words}"
        for each in findings
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as report:
        report.writestr("README.txt", _README)
        report.writestr("version.txt", version_line() + "\n")
        report.writestr("settings.toml", tomli_w.dumps(public_settings(settings)))
        report.writestr("self-test.txt", _without(checks, names) + "\n")
        for log in logs:
            if log.is_file():
                report.writestr(log.name, _without(_end_of(log), names))


def public_settings(settings: Settings) -> dict[str, Any]:
    """The settings as TOML holds them, without what is secret or says who somebody is."""
    data = settings.model_dump(mode="json", exclude_none=True)
    for number, camera in enumerate(data["cameras"], start=1):
        camera["name"] = f"room {number}"
        camera["source"] = _public_source(camera["source"])
        camera["user"] = HIDDEN if camera["user"] else ""
    for number, message in enumerate(data["messages"], start=1):
        message["name"] = f"recipient {number}"
    for key in ("user", "station", "ca_file"):
        data["broker"][key] = HIDDEN if data["broker"][key] else ""
    for key in ("address", "certificate"):
        data["web"][key] = HIDDEN if data["web"][key] else ""
    data["pin"] = HIDDEN if data.get("pin") else ""
    # What a newer version has written, nobody here knows to be harmless.
    known = type(settings).model_fields
    return {key: value for key, value in data.items() if key in known}


def _public_source(source: str) -> str:
    if "://" in source:
        return display_address(source)
    return source if source.isdigit() else f"{HIDDEN}{Path(source).suffix}"


def _stand_ins(settings: Settings) -> dict[str, str]:
    rooms = {each.name: f"room {n}" for n, each in enumerate(settings.cameras, start=1)}
    people = {each.name: f"recipient {n}" for n, each in enumerate(settings.messages, start=1)}
    return {**rooms, **people, str(Path.home()): "~"}


def _without(text: str, names: dict[str, str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, names[name])
    return text


def _end_of(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _MAX_LOG_BYTES))
        return file.read().decode("utf-8", errors="replace")
