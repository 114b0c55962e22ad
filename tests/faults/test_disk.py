"""Short forms of ``python -m tests.faults disk`` and ``record``."""

from __future__ import annotations

import argparse

import pytest

from tests.faults.drills import disk, record


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_a_full_disk_ends_clips_but_no_alarm() -> None:
    try:
        with disk.small_disk():
            pass
    except disk.NoSmallDiskError as error:
        pytest.skip(str(error))
    report = disk.run(argparse.Namespace(times=1))
    assert report.kept, report.markdown()


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_a_damaged_or_locked_record_stops_no_alarm() -> None:
    report = record.run(argparse.Namespace(times=1, seed=7))
    assert report.rows[0].kept, report.markdown()
