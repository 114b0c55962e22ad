from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from fallwatch.settings import (
    SETTINGS_FILE,
    AlarmSettings,
    BrokerSettings,
    CameraSettings,
    MessageSettings,
    QuietSettings,
    RecordSettings,
    Settings,
    SettingsError,
    ZoneSettings,
    load_settings,
    merge_settings,
    read_settings,
    save_settings,
    update_settings,
)
from fallwatch.system.files import FileLock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_all_settings_take_their_defaults(path: Path) -> None:
    assert load_settings(path) == (Settings(), [])


def test_what_is_saved_is_loaded(path: Path) -> None:
    settings = Settings(
        sensitivity="high",
        analysis_fps=10.0,
        cameras=(
            CameraSettings(
                name="Küche",
                source="rtsp://küche/1",
                privacy="blur",
                zones=(
                    ZoneSettings(kind="bed", corners_norm=((0.0, 0.5), (1.0, 0.5), (0.5, 1.0))),
                ),
            ),
        ),
        alarm=AlarmSettings(sound_enabled=False),
    )
    save_settings(settings, path)
    assert load_settings(path) == (settings, [])
    save_settings(Settings(), path)
    assert load_settings(path) == (Settings(), [])
    assert [each.name for each in path.parent.iterdir()] == ["settings.toml"]


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")
def test_only_the_owner_can_read_the_file(path: Path) -> None:
    save_settings(Settings(), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("line", "mentions"),
    [
        ('sensitivity = "very high"', ["sensitivity", "'very high'", "'normal'"]),
        ("analysis_fps = 300", ["analysis_fps", "300", "30", "15.0"]),
        ("analysis_fps = nan", ["analysis_fps", "nan"]),
        ("max_people = true", ["max_people", "True", "4"]),
        ("variant = 5", ["variant", "5", "efficientnet-b0-optimised"]),
        ("cameras = 0", ["cameras", "nothing"]),
        ('quiet.monday = "late"', ["quiet.monday", "late"]),
        ("record.keep_days = 0", ["record.keep_days", "30"]),
        ("version = 2", ["version", "2"]),
        ("alarm = 3", ["alarm", "its defaults"]),
        ("alarm.repeat_every_s = 0.1", ["alarm.repeat_every_s", "0.1", "5.0"]),
        ("[camera]\nname = 1", ["camera", "not a setting"]),
        ("[alarm]\nsteps = [1, 2]", ["alarm.steps", "not a setting"]),
        ("[alarm]\nsteps = inf", ["alarm.steps", "not a setting"]),
    ],
)
def test_one_bad_key_takes_its_default_and_the_rest_is_kept(
    path: Path, line: str, mentions: list[str]
) -> None:
    write(path, f"long_lie_after_s = 90\n{line}\n")
    settings, (problem,) = load_settings(path)
    assert settings == Settings(long_lie_after_s=90.0)
    assert all(part in str(problem) for part in ["settings.toml", *mentions])
    assert path.exists()


HALL = '[[cameras]]\nname = "Hall"\nsource = "0"\n'


@pytest.mark.parametrize(
    ("line", "mentions"),
    [
        ("enabled = 7", ["cameras.1.enabled", "7"]),
        ("lens = [1]", ["cameras.lens", "not a setting"]),
    ],
)
def test_a_bad_key_of_a_camera_costs_no_camera(path: Path, line: str, mentions: list[str]) -> None:
    write(path, HALL + line + "\n")
    settings, (problem,) = load_settings(path)
    assert settings.cameras == (CameraSettings(name="Hall", source="0"),)
    assert all(part in str(problem) for part in mentions)


@pytest.mark.parametrize(
    "line",
    [
        'privacy = "most"',
        'privacy = "Blur"',
        'privacy = "skelleton"',
        "privacy = 5",
        "privacy = []",
        'privcy = "skeleton"',
        'Privacy = "blur"',
        'privacy_mode = "blur"',
    ],
)
def test_a_misspelt_privacy_shows_nobody_and_is_told(path: Path, line: str) -> None:
    write(path, HALL + line + "\n")
    settings, (problem,) = load_settings(path)
    assert settings.cameras[0].privacy == "skeleton"
    assert line.split()[0] in str(problem)
    assert "'skeleton'" in str(problem)


def test_a_camera_that_cannot_be_used_is_left_out_and_the_others_stay(path: Path) -> None:
    write(path, '[[cameras]]\nname = "No source"\n' + HALL)
    settings, (problem,) = load_settings(path)
    assert [camera.name for camera in settings.cameras] == ["Hall"]
    assert "source is missing" in str(problem)


def test_a_broken_zone_is_left_out_and_the_others_stay(path: Path) -> None:
    good = '[[cameras.zones]]\nkind = "bed"\ncorners_norm = [[0, 0], [1, 0], [1, 1]]\n'
    bad = '[[cameras.zones]]\nkind = "bed"\ncorners_norm = [[0, 0], [1, 0], [1, 7]]\n'
    write(path, HALL + bad + good)
    settings, problems = load_settings(path)
    assert [zone.corners_norm[2] for zone in settings.cameras[0].zones] == [(1.0, 1.0)]
    assert "corners_norm" in str(problems[0])


def test_the_last_camera_of_an_older_file_becomes_the_first_room(path: Path) -> None:
    write(path, 'last_camera = "2"\n')
    settings, problems = load_settings(path)
    assert settings.cameras == (CameraSettings(name="Room 1", source="2"),)
    assert problems == []
    save_settings(settings, path)
    assert "last_camera" not in path.read_text(encoding="utf-8")


def test_rooms_of_the_same_name_are_told_apart() -> None:
    twice = [{"name": "Hall", "source": "0"}, {"name": "Hall", "source": "1"}]
    names = [camera.name for camera in Settings.model_validate({"cameras": twice}).cameras]
    assert names == ["Hall", "Hall (2)"]


def test_several_bad_keys_get_a_sentence_each(path: Path) -> None:
    write(path, 'max_people = 9\nanalysis_fps = "x"\n[alarm]\nescalate_after_s = 1\n')
    settings, problems = load_settings(path)
    assert settings == Settings()
    assert len(problems) == 3


@pytest.mark.parametrize("content", [b"no = = toml", b"\xff\xfe\x00", b"x = '"])
def test_an_unreadable_file_is_set_aside_and_never_overwritten(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    for number in (1, 2):
        path.write_bytes(content)
        settings, (problem,) = load_settings(path)
        assert settings == Settings()
        assert f"settings.toml.bad{number}" in str(problem)
        assert path.with_name(f"settings.toml.bad{number}").read_bytes() == content
        assert not path.exists()


def test_a_folder_in_the_file_s_place_is_no_crash(path: Path) -> None:
    path.mkdir(parents=True)
    settings, problems = load_settings(path)
    assert settings == Settings()
    assert len(problems) == 1


def test_simple_keys_of_another_version_survive_saving(path: Path) -> None:
    write(path, 'colour = "green"\n[alarm]\nlouder = true\n')
    settings, problems = load_settings(path)
    assert problems == []
    save_settings(settings.model_copy(update={"sensitivity": "low"}), path)
    text = path.read_text(encoding="utf-8")
    assert 'colour = "green"' in text
    assert "louder = true" in text
    assert load_settings(path)[0].sensitivity == "low"


def test_a_failed_save_leaves_the_old_file_and_says_what_to_do(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(Settings(sensitivity="low"), path)

    def no_space(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(SettingsError, match=r"No space left on device.*Free some disk space"):
        save_settings(Settings(), path)
    assert load_settings(path)[0].sensitivity == "low"
    assert [each.name for each in path.parent.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    "model",
    [
        Settings,
        AlarmSettings,
        BrokerSettings,
        CameraSettings,
        MessageSettings,
        QuietSettings,
        RecordSettings,
        ZoneSettings,
    ],
)
def test_every_setting_has_a_title_and_a_description(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        assert field.title, name
        assert field.description, name


TOML_VALUES = st.recursive(
    st.booleans() | st.integers(-(2**40), 2**40) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@given(
    st.dictionaries(st.sampled_from([*Settings.model_fields, "odd"]), TOML_VALUES),
    st.dictionaries(st.sampled_from([*AlarmSettings.model_fields, "odd"]), TOML_VALUES),
)
def test_whatever_is_in_the_file_it_loads_and_saves(
    tmp_path_factory: pytest.TempPathFactory,
    top: dict[str, object],
    alarm: dict[str, object],
) -> None:
    import tomli_w

    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    path.write_bytes(tomli_w.dumps({"alarm": alarm} | top).encode(errors="surrogatepass"))
    settings, _ = load_settings(path)
    save_settings(settings, path)
    again, problems = load_settings(path)
    assert (again, problems) == (settings, [])


@pytest.mark.parametrize(
    "text",
    ["analysis_fps = " + "9" * 5000, "variant = " + "[" * 5000, "variant = " + "{a=" * 5000],
)
def test_numbers_and_brackets_without_end_are_told_and_set_aside(tmp_path: Path, text: str) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text(text)
    settings, (problem,) = load_settings(path)
    assert settings == Settings()
    assert path.name in str(problem)
    assert not path.exists()


def test_what_is_told_of_a_bad_camera_holds_no_address(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    source = 'source = "rtsp://anna:s3cret@10.0.0.7/one"'
    path.write_text(f"[[cameras]]\n{source}\n[[cameras]]\nname = 1\n{source}\n")
    _, problems = load_settings(path)
    assert len(problems) == 2
    assert "s3cret" not in " ".join(map(str, problems))
    assert "name is missing" in str(problems[0])


ROOMS = Settings(cameras=(CameraSettings(name="Hall", source="0"),), sensitivity="low")


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EIO, errno.EACCES])
def test_a_file_that_cannot_be_read_is_neither_thrown_out_nor_overwritten(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    save_settings(ROOMS, path)
    before = path.read_bytes()

    def fail(self: Path) -> bytes:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", fail)
        settings, (problem,) = load_settings(path)
        assert settings == Settings()
        assert os.strerror(number) in str(problem)
        with pytest.raises(SettingsError, match="left as it is"):
            update_settings(path, settings, Settings(max_people=2))
        with pytest.raises(SettingsError):
            read_settings(path)
    assert path.read_bytes() == before
    assert load_settings(path) == (ROOMS, [])
    # What was changed meanwhile comes to it, and nothing else.
    assert update_settings(path, Settings(), Settings(max_people=2)).cameras == ROOMS.cameras


def test_a_file_that_can_be_read_at_the_second_try_is_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(ROOMS, path)
    read, tries = Path.read_bytes, []

    def once(self: Path) -> bytes:
        tries.append(self)
        if len(tries) == 1:
            raise OSError(errno.EMFILE, "Too many open files")
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", once)
    assert load_settings(path) == (ROOMS, [])


def test_each_writer_changes_only_its_own_keys(path: Path) -> None:
    save_settings(ROOMS, path)
    anna, ben = MessageSettings(name="Anna"), MessageSettings(name="Ben", step=2)
    bath = CameraSettings(name="Bath", source="1")
    # All of them began with the same file.
    update_settings(path, ROOMS, ROOMS.model_copy(update={"messages": (anna,)}))
    update_settings(path, ROOMS, ROOMS.model_copy(update={"cameras": (*ROOMS.cameras, bath)}))
    update_settings(path, ROOMS, ROOMS.model_copy(update={"messages": (ben,)}))
    update_settings(
        path, ROOMS, ROOMS.model_copy(update={"alarm": AlarmSettings(repeat_every_s=9)})
    )
    update_settings(
        path, ROOMS, ROOMS.model_copy(update={"alarm": AlarmSettings(escalate_after_s=99)})
    )
    settings = load_settings(path)[0]
    assert {each.name: each.step for each in settings.messages} == {"Anna": 1, "Ben": 2}
    assert [each.name for each in settings.cameras] == ["Hall", "Bath"]
    assert (settings.alarm.repeat_every_s, settings.alarm.escalate_after_s) == (9, 99)
    assert settings.sensitivity == "low"


def test_of_two_changes_to_one_room_each_key_counts_and_what_one_removed_is_gone() -> None:
    hall = ROOMS.cameras[0]
    blurred = ROOMS.model_copy(update={"cameras": (hall.model_copy(update={"privacy": "blur"}),)})
    moved = ROOMS.model_copy(update={"cameras": (hall.model_copy(update={"source": "7"}),)})
    none = ROOMS.model_copy(update={"cameras": ()})
    (both,) = merge_settings(ROOMS, blurred, moved).cameras
    assert (both.privacy, both.source) == ("blur", "7")
    assert merge_settings(ROOMS, none, ROOMS).cameras == ()
    assert merge_settings(ROOMS, ROOMS, none).cameras == ()
    assert merge_settings(ROOMS, none, blurred).cameras == blurred.cameras, "rather one too many"
    named = ROOMS.model_copy(update={"cameras": (hall.model_copy(update={"name": "Den"}),)})
    assert merge_settings(ROOMS, named, ROOMS) == named


def test_two_writers_at_the_same_moment_lose_nothing(path: Path) -> None:
    save_settings(ROOMS, path)

    def add(name: str) -> None:
        update_settings(
            path, ROOMS, ROOMS.model_copy(update={"messages": (MessageSettings(name=name),)})
        )

    threads = [threading.Thread(target=add, args=(f"P{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(load_settings(path)[0].messages) == 8


def test_a_writer_that_never_ends_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(ROOMS, path)
    monkeypatch.setattr("fallwatch.settings._LOCK_S", 0.1)
    lock = FileLock(path.with_name(".settings.toml.lock"))
    assert lock.acquire()
    with pytest.raises(SettingsError, match="another fallwatch"):
        update_settings(path, ROOMS, Settings())
    lock.release()
    assert update_settings(path, ROOMS, ROOMS) == ROOMS


def test_names_have_one_line_and_no_odd_characters() -> None:
    assert CameraSettings(name="Hall\n\x00two", source="0").name == "Hall ?two"


@pytest.mark.parametrize(
    "damaged",
    [
        'name = "Anna"\nafter_s = "soon"',
        'name = "Anna"\nstep = 7',
        'service = "a table without its name"',
    ],
)
def test_with_a_damaged_calling_chain_no_recipient_waits(path: Path, damaged: str) -> None:
    write(path, f'[[messages]]\n{damaged}\n\n[[messages]]\nname = "Ben"\nafter_s = 600.0\n')
    settings, problems = load_settings(path)
    assert {each.after_s for each in settings.messages} == {0.0}
    assert {each.step for each in settings.messages} == {1}
    assert "told at once" in str(problems[-1])


def test_damage_elsewhere_leaves_the_calling_chain_as_it_is(path: Path) -> None:
    write(path, '[[messages]]\nname = "Ben"\nafter_s = 600.0\npictures = "perhaps"\n')
    settings, problems = load_settings(path)
    assert [each.after_s for each in settings.messages] == [600.0]
    assert len(problems) == 1


@pytest.mark.parametrize(
    "corners", ["[[0.1, 0.1], [2.5, 0.1]]", "[[0.1, 0.1], [2.5, 0.1], [0.3, 0.5]]", '"everywhere"']
)
def test_a_zone_that_is_none_is_complained_of_once_and_costs_no_other(
    tmp_path: Path, corners: str
) -> None:
    path = tmp_path / "settings.toml"
    zone = '[[cameras.zones]]\nkind = "bed"\ncorners_norm = {0}\n'
    good = "[[0.1, 0.1], [0.5, 0.1], [0.3, 0.5]]"
    path.write_text(
        '[[cameras]]\nname = "Hall"\nsource = "0"\n' + zone.format(corners) + zone.format(good)
    )
    settings, problems = load_settings(path)
    assert len(settings.cameras[0].zones) == 1
    assert len(problems) == 1
    assert "cameras.1.zones.1.corners_norm" in str(problems[0])
    assert str(problems[0]).endswith("cameras.1.zones.1 is left out.")
