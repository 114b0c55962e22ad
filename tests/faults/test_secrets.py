"""Short form of ``python -m tests.faults secrets``."""

from __future__ import annotations

import argparse
import base64
import json
import sys
from urllib.parse import quote, quote_plus

import pytest

from tests.faults.drills import secrets
from tests.faults.process.observation import PASSWORD, USER, Findings


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_password_is_written_nowhere_and_nobody_else_is_talked_to() -> None:
    report = secrets.run(argparse.Namespace(brief=True))
    assert report.rows
    assert [(row.promise, row.result) for row in report.rows if not row.kept] == []
    assert "(0 to the camera)" not in report.rows[2].result


@pytest.mark.parametrize(
    "written",
    [
        PASSWORD,
        quote(PASSWORD),
        quote(PASSWORD, safe=""),
        quote_plus(PASSWORD).lower(),
        json.dumps(PASSWORD),
        PASSWORD.split("/")[0],
        PASSWORD.split("@")[0].split("/")[1],
        base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(),
    ],
)
def test_a_password_is_found_however_it_is_written(written: str) -> None:
    findings = Findings()
    findings.search("a file", b"GET rtsp://" + written.encode() + b"@10.0.0.7")
    findings.search("another", b"nothing")
    assert findings.leaks == ["a file"]
