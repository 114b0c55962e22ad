from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import playsound3
import pytest

from fallwatch.alarms import audio_player
from fallwatch.alarms.audio_player import SystemPlayer, linux_has_output
from fallwatch.core.protocols import ChannelError


@pytest.fixture(autouse=True)
def no_sound_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)


def test_a_listed_sound_card_is_an_output(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    cards.write_text(" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n      irq 145\n")
    assert linux_has_output(cards)


@pytest.mark.parametrize("text", [None, "", "--- no soundcards ---\n"])
def test_without_card_and_server_there_is_no_output(tmp_path: Path, text: str | None) -> None:
    cards = tmp_path / "cards"
    if text is not None:
        cards.write_text(text)
    assert not linux_has_output(cards)


@pytest.mark.parametrize("socket", ["pulse/native", "pipewire-0"])
def test_a_sound_server_is_an_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, socket: str
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert not linux_has_output(tmp_path / "none")
    (tmp_path / socket).parent.mkdir(exist_ok=True)
    (tmp_path / socket).touch()
    assert linux_has_output(tmp_path / "none")


def test_a_computer_without_a_player_is_told_which_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(playsound3, "AVAILABLE_BACKENDS", [])
    with pytest.raises(ChannelError, match="install the packages alsa-utils"):
        SystemPlayer().backends()


@pytest.mark.skipif(sys.platform != "linux", reason="the look for an output is Linux's")
def test_a_player_without_an_output_counts_as_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    # GStreamer's player would report success here and play to nowhere.
    monkeypatch.setattr(playsound3, "AVAILABLE_BACKENDS", ["gstreamer"])
    monkeypatch.setattr(audio_player, "linux_has_output", lambda: False)
    with pytest.raises(ChannelError, match="no sound output"):
        SystemPlayer().backends()


def test_the_player_that_fails_loudly_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playsound3, "AVAILABLE_BACKENDS", ["gstreamer", "ffplay", "alsa"])
    monkeypatch.setattr(audio_player, "linux_has_output", lambda: True)
    assert SystemPlayer().backends() == ["alsa", "gstreamer", "ffplay"]


def test_a_player_that_cannot_be_started_is_a_channel_error(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="no_such_backend did not start"):
        SystemPlayer().play(Path(__file__), "no_such_backend")
    with pytest.raises(ChannelError, match="did not start"):
        SystemPlayer().play(tmp_path / "missing.wav", "alsa")


def test_a_real_player_process_is_seen_to_live_and_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Sleeper(playsound3.playsound3.SoundBackend):  # type: ignore[misc]
        def check(self) -> bool:
            return True

        def play(self, sound: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])

    monkeypatch.setitem(playsound3.playsound3._BACKEND_MAP, "sleeper", Sleeper())
    playing = SystemPlayer().play(Path(__file__), "sleeper")
    assert playing.is_alive()
    playing.stop()
    playing.wait()  # type: ignore[attr-defined]
    assert not playing.is_alive()
