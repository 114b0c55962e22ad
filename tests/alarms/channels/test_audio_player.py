from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import playsound3
import pytest

from fallwatch.alarms.channels import audio_player
from fallwatch.alarms.channels.audio_player import (
    SystemPlayer,
    WindowsSound,
    linux_has_output,
    mac_has_output,
)
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


class FakeWinsound:
    """Windows' player: plays until it is stopped, or fails."""

    SND_FILENAME, SND_NODEFAULT = 0x20000, 0x2

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.played: list[tuple[str, int]] = []
        self._stopped = threading.Event()

    def PlaySound(self, sound: str | None, flags: int) -> None:
        if sound is None:
            self._stopped.set()
            return
        self.played.append((sound, flags))
        if self.fails:
            raise RuntimeError("Failed to play sound")
        self._stopped.wait(10.0)


def test_on_windows_a_sound_that_plays_is_alive_until_it_is_stopped(tmp_path: Path) -> None:
    winsound = FakeWinsound()
    sound = WindowsSound(tmp_path / "alarm.wav", winsound)
    assert sound.is_alive()
    sound.stop()
    sound._thread.join(5.0)
    assert not sound.is_alive()
    # Without the flag Windows plays its own chime instead, and reports success.
    assert winsound.played == [(str(tmp_path / "alarm.wav"), 0x20002)]


def test_on_windows_a_sound_that_never_plays_is_not_alive(tmp_path: Path) -> None:
    sound = WindowsSound(tmp_path / "alarm.wav", FakeWinsound(fails=True))
    sound._thread.join(5.0)
    assert not sound.is_alive()
    sound.stop()


@pytest.mark.parametrize("outputs", [True, False])
def test_on_windows_its_own_player_is_used_and_the_output_looked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, outputs: bool
) -> None:
    winsound = FakeWinsound(fails=True)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winsound", winsound)
    monkeypatch.setattr(audio_player, "_has_output", lambda: outputs)
    if outputs:
        (backend,) = SystemPlayer().backends()
        sound = SystemPlayer().play(tmp_path / "alarm.wav", backend)
        assert isinstance(sound, WindowsSound)
        sound._thread.join(5.0)
        assert not sound.is_alive()
        assert len(winsound.played) == 1
    else:
        with pytest.raises(ChannelError, match="no sound output"):
            SystemPlayer().backends()


@pytest.mark.parametrize(
    ("answer", "has_output"),
    [
        ('{"SPAudioDataType": [{"_items": [{"coreaudio_device_output": 2}]}]}', True),
        ('{"SPAudioDataType": [{"_items": [{"coreaudio_device_input": 1}]}]}', False),
        ('{"SPAudioDataType": [{"_items": []}]}', False),
        ('{"SPAudioDataType": null}', True),
        ("no JSON", True),
    ],
)
def test_on_macos_the_list_of_devices_tells_the_output(answer: str, has_output: bool) -> None:
    command = [sys.executable, "-c", f"print({answer!r})"]
    assert mac_has_output(command) is has_output


def test_a_mac_that_does_not_answer_is_given_the_benefit_of_the_doubt() -> None:
    assert mac_has_output(["no-such-program-here"])
