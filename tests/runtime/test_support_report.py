"""What a report leaves out."""

from __future__ import annotations

import tomllib

import tomli_w

from fallwatch.runtime.support_report import public_settings
from fallwatch.settings import Settings

SECRET = Settings.model_validate(
    {
        "cameras": [
            {"name": "Anna's room", "source": "rtsp://10.0.0.7/x?token=t0k3n", "user": "anna"},
            {"name": "Film", "source": "/home/anna/film.mp4"},
        ],
        "messages": [{"name": "Anna's phone", "service": "Mail"}],
        "broker": {"address": "mqtt://broker.lan", "user": "anna", "station": "anna-pc"},
        "web": {"address": "https://anna.example.org", "certificate": "/home/anna/page.pem"},
        "pin": "pbkdf2$aa$bb",
        "from_a_newer_version": "anna",
    }
)


def test_nothing_secret_and_nobodys_name_is_in_it() -> None:
    text = tomli_w.dumps(public_settings(SECRET))
    for word in ("anna", "Anna", "t0k3n", "pbkdf2", "film.mp4", "Film"):
        assert word not in text
    assert "10.0.0.7" in text


def test_the_rest_is_as_it_is() -> None:
    data = tomllib.loads(tomli_w.dumps(public_settings(SECRET)))
    assert data["sensitivity"] == "normal"
    assert [camera["name"] for camera in data["cameras"]] == ["room 1", "room 2"]
