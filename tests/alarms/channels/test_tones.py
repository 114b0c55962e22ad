from __future__ import annotations

import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from fallwatch import paths
from fallwatch.alarms.channels.tones import PATTERNS, RATE_HZ, synthesize, tone_file, write_tones
from fallwatch.core.types import Priority
from fallwatch.settings import Settings

PULSES = {Priority.HIGH: 10, Priority.MEDIUM: 3, Priority.LOW: 2}


def test_the_shipped_sounds_are_what_this_module_makes(tmp_path: Path) -> None:
    written = write_tones(tmp_path / "made")
    assert len(written) == 3
    for made in written:
        assert made.read_bytes() == (paths.resources_dir() / "sounds" / made.name).read_bytes()


def test_the_module_writes_them_from_the_command_line(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "fallwatch.alarms.channels.tones", tmp_path], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(map(tone_file, Priority))


@pytest.mark.parametrize("priority", Priority)
def test_files_are_16_bit_mono(priority: Priority) -> None:
    with wave.open(str(paths.resources_dir() / "sounds" / tone_file(priority))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 22_050)
        assert sound.getnframes() / RATE_HZ == pytest.approx(
            PATTERNS[priority].duration_s, abs=0.01
        )


@pytest.mark.parametrize("priority", Priority)
def test_the_ear_can_count_the_pulses(priority: Priority) -> None:
    samples = np.abs(synthesize(PATTERNS[priority]))
    window = RATE_HZ // 100
    loud = np.array([samples[i : i + window].max() > 0.05 for i in range(0, samples.size, window)])
    assert int(np.count_nonzero(np.diff(loud.astype(int)) == 1) + loud[0]) == PULSES[priority]


@pytest.mark.parametrize("priority", Priority)
def test_pitch_harmonics_and_lengths_lie_in_the_standard_s_ranges(priority: Priority) -> None:
    pattern = PATTERNS[priority]
    shortest_s, longest_s = (0.075, 0.200) if priority is Priority.HIGH else (0.125, 0.250)
    assert shortest_s <= pattern.pulse_s <= longest_s
    assert 150 <= pattern.fundamental_hz <= 1000
    pulse = synthesize(pattern)[: round(pattern.pulse_s * RATE_HZ)]
    level = np.abs(np.fft.rfft(pulse * np.hanning(pulse.size), n=RATE_HZ))  # one bin per Hz
    near = [level[round(n * pattern.fundamental_hz)] for n in range(1, 7)]
    within_15_db = [
        n * pattern.fundamental_hz
        for n in range(2, 7)
        if 300 <= n * pattern.fundamental_hz <= 4000 and near[n - 1] >= near[0] / 10 ** (15 / 20)
    ]
    assert len(within_15_db) >= 4
    assert np.abs(pulse).max() < 1.0


def test_a_high_burst_is_three_and_two_twice() -> None:
    pattern = PATTERNS[Priority.HIGH]
    gaps_s = np.diff(pattern.onsets_s) - pattern.pulse_s
    short_s, long_s, pause_s = gaps_s[0], gaps_s[2], gaps_s[4]
    assert 0.050 <= short_s <= 0.125
    assert long_s == pytest.approx(2 * short_s + pattern.pulse_s)
    assert 0.35 <= pause_s <= 1.30
    half = [short_s, short_s, long_s, short_s]
    assert gaps_s == pytest.approx([*half, pause_s, *half])


def test_the_default_repetition_leaves_the_silence_between_high_bursts() -> None:
    silence_s = Settings().alarm.repeat_every_s - PATTERNS[Priority.HIGH].duration_s
    assert 2.5 <= silence_s <= 15.0
