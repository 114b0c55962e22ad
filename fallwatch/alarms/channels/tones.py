"""The alarm sounds, made from numbers.

``python -m fallwatch.alarms.channels.tones FOLDER`` writes them.

They follow the habit that IEC 60601-1-8 (2006, tables 3 and 4, as makers of alarm sounders quote
them) set for hospital alarms, so that they are told apart by ear:

- high priority: 10 pulses, as 3 + 2 and, after a pause of 0.35-1.3 s, 3 + 2 again; a pulse lasts
  75-200 ms, x = 50-125 ms lie between pulses, 2x + one pulse between the 3 and the 2;
- medium: 3 pulses of 125-250 ms, 125-250 ms apart; low: 1 or 2 such pulses;
- the fundamental is 150-1000 Hz, with at least four harmonics from 300 to 4000 Hz within 15 dB of
  it; a pulse rises within 10-20 % of its length.

The pitches and lengths within these ranges are our choice. We have not measured loudness or any
loudspeaker, and claim no conformity with the standard.
"""

from __future__ import annotations

import sys
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fallwatch.core.types import Priority

RATE_HZ = 22_050

# Loudness of the fundamental and of its 2nd to 6th multiple; 0.35 is 9 dB below the fundamental.
_HARMONICS = (1.0, 0.8, 0.6, 0.5, 0.4, 0.35)
_RISE = 0.15
_FALL = 0.15
# Full scale but for 1 dB, so that players that resample do not clip.
_PEAK = 0.89

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One burst.

    Attributes:
        fundamental_hz: Pitch.
        pulse_s: Length of one pulse.
        onsets_s: When the pulses begin.
    """

    fundamental_hz: float
    pulse_s: float
    onsets_s: tuple[float, ...]

    @property
    def duration_s(self) -> float:
        """From the first pulse to the end of the last."""
        return self.onsets_s[-1] + self.pulse_s


def _high() -> Pattern:
    pulse_s, gap_s, pause_s = 0.11, 0.07, 0.40
    step_s = pulse_s + gap_s
    fourth_s = 2 * step_s + pulse_s + (2 * gap_s + pulse_s)
    half = (0.0, step_s, 2 * step_s, fourth_s, fourth_s + step_s)
    again_s = half[-1] + pulse_s + pause_s
    # 2.4 s in all; with at least 2.5 s of silence it can repeat every 5 s.
    return Pattern(784.0, pulse_s, half + tuple(again_s + onset_s for onset_s in half))


PATTERNS = {
    Priority.HIGH: _high(),
    Priority.MEDIUM: Pattern(523.25, 0.20, (0.0, 0.40, 0.80)),
    Priority.LOW: Pattern(392.0, 0.20, (0.0, 0.40)),
}


def tone_file(priority: Priority) -> str:
    """Name of the sound's file, such as ``alarm_high.wav``."""
    return f"alarm_{priority.value}.wav"


def synthesize(pattern: Pattern) -> Samples:
    """The burst as samples between -1 and 1 at `RATE_HZ`, shape (n,)."""
    pulse = _pulse(pattern)
    burst = np.zeros(round(pattern.duration_s * RATE_HZ) + 1)
    for onset_s in pattern.onsets_s:
        start = round(onset_s * RATE_HZ)
        burst[start : start + pulse.size] = pulse[: burst.size - start]
    return burst


def _pulse(pattern: Pattern) -> Samples:
    time_s = np.arange(round(pattern.pulse_s * RATE_HZ)) / RATE_HZ
    sound = np.zeros_like(time_s)
    for number, loudness in enumerate(_HARMONICS, start=1):
        sound += loudness * np.sin(2 * np.pi * number * pattern.fundamental_hz * time_s)
    position = time_s / pattern.pulse_s
    envelope = np.minimum(1.0, np.minimum(position / _RISE, (1.0 - position) / _FALL))
    pulse: Samples = _PEAK * envelope * sound / np.abs(sound).max()
    return pulse


def write_tones(folder: Path) -> list[Path]:
    """Write all sounds as 16-bit mono WAV files and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for priority, pattern in PATTERNS.items():
        path = folder / tone_file(priority)
        # Rounding hides that computers differ in the last bit of a sine.
        samples = np.rint(synthesize(pattern) * 32767).astype("<i2")
        with wave.open(str(path), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(RATE_HZ)
            sound.writeframes(samples.tobytes())
        written.append(path)
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m fallwatch.alarms.channels.tones FOLDER")
    write_tones(Path(sys.argv[1]))
