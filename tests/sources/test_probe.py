"""Names of webcams where the system lists no devices: Windows and macOS."""

from __future__ import annotations

import json
import subprocess
from subprocess import CompletedProcess, SubprocessError

import pytest

from fallwatch.sources import probe

MAC = json.dumps(
    {
        "SPCameraDataType": [
            {"_name": "Logitech C920", "spcamera_unique-id": "0x1420000046d082d"},
            {"_name": "FaceTime HD", "spcamera_unique-id": "0x0000000001"},
        ]
    }
)


def answer(monkeypatch: pytest.MonkeyPatch, text: str | Exception) -> None:
    def run(command: object, **options: object) -> CompletedProcess[str]:
        if isinstance(text, Exception):
            raise text
        return CompletedProcess([], 0, text, "")

    monkeypatch.setattr(subprocess, "run", run)


@pytest.mark.parametrize(
    ("platform", "text", "count", "names"),
    [
        ("darwin", MAC, 2, ["FaceTime HD", "Logitech C920"]),
        ("darwin", MAC, 1, []),
        ("darwin", "{}", 0, []),
        ("darwin", "no JSON", 1, []),
        ("win32", "HP HD Camera\r\n", 1, ["HP HD Camera"]),
        ("win32", "HP HD Camera\r\nC920\r\n", 2, []),
        ("win32", "HP HD Camera\r\nC920\r\n", 1, []),
        ("win32", SubprocessError(), 1, []),
        ("win32", FileNotFoundError(), 1, []),
    ],
)
def test_a_name_is_given_only_where_it_is_certain(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    text: str | Exception,
    count: int,
    names: list[str],
) -> None:
    answer(monkeypatch, text)
    assert probe._names(platform, count) == names


def test_webcams_without_a_name_are_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_ON_LINUX", False)
    monkeypatch.setattr(probe, "_works", lambda index: index in (0, 2))
    monkeypatch.setattr(probe, "_names", lambda platform, count: [])
    assert [(found.index, found.title) for found in probe.find_webcams()] == [
        ("0", "Webcam 0"),
        ("2", "Webcam 2"),
    ]
    monkeypatch.setattr(probe, "_names", lambda platform, count: ["Left", "Right"])
    assert [found.title for found in probe.find_webcams()] == ["Left", "Right"]
