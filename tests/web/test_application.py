"""What the page may be asked, by whom, and what it does."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from fallwatch.core.judge.evidence_text import torso_tilt
from fallwatch.core.message import Message
from fallwatch.core.types import AlarmState, EventKind
from fallwatch.dispatch.waiting_since import waiting_since
from fallwatch.pipeline.health.status import MonitorState
from fallwatch.web.access.devices import Devices
from fallwatch.web.application import COOKIE
from fallwatch.web.shared_state import SharedState
from fallwatch.web.state import PageState
from tests.alarms.builders import make_event
from tests.waiting import wait_until
from tests.web.access.test_subscription import KEYS
from tests.web.scene import POSTED, ROOM, Scene

#: All that is not for everybody: method, path, the least role, and a body.
GUARDED = [
    ("GET", "/api/state", "look", None),
    ("GET", "/api/stream", "look", None),
    ("GET", f"/api/frame?room={ROOM}", "look", None),
    ("GET", "/api/events", "look", None),
    ("GET", "/api/events/x/snapshot", "look", None),
    ("GET", "/api/events/x/clip", "look", None),
    ("POST", "/api/sign-out", "look", {}),
    ("POST", "/api/alarms/x/acknowledge", "acknowledge", {}),
    ("POST", "/api/snooze", "acknowledge", {"room": ROOM, "minutes": 1}),
    ("POST", "/api/visit", "acknowledge", {"room": ROOM, "here": True}),
    ("GET", "/api/push", "look", None),
    ("POST", "/api/push", "look", {"subscription": None}),
    ("POST", "/api/push/test", "look", {}),
    ("GET", "/api/devices", "administer", None),
    ("POST", "/api/devices", "administer", {"role": "look"}),
    ("POST", "/api/devices/x/revoke", "administer", {}),
]


@pytest.mark.parametrize(("method", "path", "role", "body"), GUARDED)
def test_nobody_gets_anything_without_being_let_in(
    scene: Scene, method: str, path: str, role: str, body: object
) -> None:
    stranger = scene.client(None)
    assert stranger.request(method, path, json=body).status_code == 401
    stranger.cookies.set(COOKIE, "a" * 43)
    assert stranger.request(method, path, json=body).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"), [(m, p, b) for m, p, role, b in GUARDED if role != "look"]
)
def test_who_may_look_may_do_nothing(scene: Scene, method: str, path: str, body: object) -> None:
    assert scene.client("look").request(method, path, json=body).status_code == 403


def test_a_code_lets_in_once_and_a_wrong_one_never(scene: Scene) -> None:
    code = scene.pairing.begin("look")
    client = scene.client(None)
    assert client.post("/api/pair", json={"code": "x", "device": "A"}).status_code == 403
    reply = client.post("/api/pair", json={"code": code, "device": "A"})
    assert reply.json() == {"device": "A", "role": "look"}
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert scene.client(None).post("/api/pair", json={"code": code}).status_code == 403


def test_guessing_codes_is_locked_out_and_told(scene: Scene) -> None:
    client = scene.client(None)
    replies = [client.post("/api/pair", json={"code": "1"}).status_code for _ in range(30)]
    assert replies[0] == 403
    assert replies[-1] == 429
    code = scene.pairing.begin("look")
    assert client.post("/api/pair", json={"code": code}).status_code == 429


def test_a_device_that_is_put_out_is_out_at_once(scene: Scene) -> None:
    phone, keeper = scene.client("acknowledge"), scene.client("administer")
    devices = keeper.get("/api/devices").json()["devices"]
    assert [each["role"] for each in devices] == ["acknowledge", "administer"]
    assert keeper.post(f"/api/devices/{devices[0]['id']}/revoke").is_success
    assert phone.get("/api/state").status_code == 401
    assert keeper.get("/api/state").is_success


def test_who_is_put_out_while_the_disk_is_full_is_out_and_it_is_said(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = scene.client("administer")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fallwatch.web.access.devices.write_private", full)
    reply = phone.post("/api/sign-out")
    assert reply.status_code == 503
    assert "No space left" in reply.json()["error"]
    assert phone.get("/api/state").status_code == 401


def test_signing_out_ends_the_secret_and_not_only_the_cookie(scene: Scene) -> None:
    phone = scene.client("look")
    secret = phone.cookies[COOKIE]
    assert phone.post("/api/sign-out").is_success
    phone.cookies.set(COOKIE, secret)
    assert phone.get("/api/state").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Fallwatch": "0"},
        {**POSTED, "Origin": "https://elsewhere.example"},
        {**POSTED, "Origin": "null"},
    ],
)
def test_another_page_cannot_acknowledge(scene: Scene, headers: dict[str, str]) -> None:
    alarm = scene.fall()
    phone = scene.client()
    del phone.headers["X-Fallwatch"]
    path = f"/api/alarms/{alarm.event_id}/acknowledge"
    assert phone.post(path, json={}, headers=headers).status_code == 403
    assert scene.services.dispatcher.open_alarms[0].state is AlarmState.UNACKNOWLEDGED


def test_under_a_name_that_is_not_its_own_there_is_no_page(scene: Scene) -> None:
    phone = scene.client()
    assert phone.get("/api/state", headers={"Host": "evil.example"}).status_code == 421
    assert phone.get("/", headers={"Host": ""}).status_code == 421
    assert phone.get("/api/state", headers={"Host": "192.168.1.7:8765"}).is_success
    assert phone.get("/api/state", headers={"Host": "[::1]:8765"}).is_success


@pytest.mark.parametrize(
    "event_id", ["..%2f..%2fdevices", "..", "%2e%2e%2fsettings", "a%00b", "x" * 5000]
)
def test_no_path_leads_out_of_the_recordings(scene: Scene, event_id: str) -> None:
    phone = scene.client()
    for kind in ("snapshot", "clip"):
        reply = phone.get(f"/api/events/{event_id}/{kind}")
        assert reply.status_code == 404
    assert phone.get("/static/..%2f..%2fsettings.py").status_code == 404


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", b'"x"', b"[" * 4000, b"{}" + b" " * 5000]
)
def test_a_body_that_means_nothing_is_refused(scene: Scene, body: bytes) -> None:
    phone = scene.client()
    assert phone.post("/api/snooze", content=body).status_code in (400, 413)


def test_a_body_without_end_is_cut_off(scene: Scene) -> None:
    def endless() -> object:
        for _ in range(100):
            yield b"x" * 1000

    phone = scene.client()
    with pytest.raises(Exception):  # noqa: B017, PT011 - however the client says that it was cut
        phone.post("/api/snooze", content=endless()).raise_for_status()  # type: ignore[arg-type]


def test_rooms_and_alarms_are_told_in_words(scene: Scene) -> None:
    scene.see()
    alarm = scene.fall()
    phone = scene.client()
    state = phone.get("/api/state").json()
    (room,) = state["rooms"]
    assert (room["name"], room["state"], room["monitoring"]) == (ROOM, "alarm", True)
    (shown,) = state["alarms"]
    assert (shown["id"], shown["headline"]) == (alarm.event_id, "Fall")
    german = phone.get("/api/state", headers={"Accept-Language": "de-CH,en;q=0.5"}).json()
    assert german["alarms"][0]["headline"] == "Sturz"
    assert german["rooms"][0]["state_text"] == "Überwacht"


def test_a_room_nothing_is_heard_of_is_not_monitored(scene: Scene) -> None:
    scene.see()
    phone = scene.client()
    assert phone.get("/api/state").json()["rooms"][0]["monitoring"]
    views = scene.services.live_views
    now = views.monotonic()
    views.monotonic = lambda: now + 6.0
    (room,) = phone.get("/api/state").json()["rooms"]
    assert (room["monitoring"], room["state"]) == (False, "not_monitoring")


def test_a_camera_that_stalls_is_not_monitored(scene: Scene) -> None:
    scene.see()
    scene.tell(MonitorState.STALLED)
    (room,) = scene.client().get("/api/state").json()["rooms"]
    assert (room["monitoring"], room["state"]) == (False, "not_monitoring")


def test_acknowledging_silences_and_says_who(scene: Scene) -> None:
    alarm = scene.fall()
    phone, other = scene.client("acknowledge"), scene.client("look")
    path = f"/api/alarms/{alarm.event_id}/acknowledge"
    assert phone.post(path, json={"false_alarm": True}).json() == {"acknowledged_by": "Anna"}
    assert phone.post(path, json={}).status_code in (200, 404)
    kept = scene.services.store.get(alarm.event_id)
    assert kept is not None
    assert (kept.acknowledged_by, kept.outcome) == ("Anna", "false alarm")
    (event,) = other.get("/api/events").json()["events"]
    assert event["acknowledged_by"] == "Anna"


def test_an_alarm_that_is_none_cannot_be_acknowledged(scene: Scene) -> None:
    assert scene.client().post("/api/alarms/x/acknowledge", json={}).status_code == 404


def test_a_room_s_sound_is_snoozed_and_comes_back(scene: Scene) -> None:
    phone = scene.client("acknowledge")
    assert phone.post("/api/snooze", json={"room": ROOM, "minutes": 15}).is_success
    assert scene.services.snooze.left_s(ROOM) > 890
    assert phone.post("/api/snooze", json={"room": ROOM, "minutes": 0}).is_success
    assert scene.services.snooze.left_s(ROOM) == 0
    assert phone.post("/api/snooze", json={"room": "?", "minutes": 15}).status_code == 404
    assert phone.post("/api/snooze", json={"room": ROOM, "minutes": 9999}).status_code == 400


def test_a_phone_switches_its_notifications_on_and_off(scene: Scene) -> None:
    phone = scene.client("look")
    told = phone.get("/api/push").json()
    assert (len(told["key"]), told["is_on"]) == (87, False)
    subscription = {"endpoint": "https://push.example.org/one", "keys": KEYS}
    german = {"Accept-Language": "de"}
    body = {"subscription": subscription}
    assert phone.post("/api/push", json=body, headers=german).is_success
    (device,) = scene.devices.all()
    assert device.push is not None
    assert (device.push.endpoint, device.push.language) == (subscription["endpoint"], "de")
    assert Devices(scene.devices_file).all() == (device,), "kept for the next run"
    assert phone.get("/api/push").json()["is_on"]
    assert phone.post("/api/push", json={"subscription": None}).is_success
    assert scene.devices.all()[0].push is None
    reply = phone.post("/api/push/test", json={})
    assert (reply.status_code, "off" in reply.json()["error"]) == (502, True)


def test_a_phone_cannot_have_the_computer_send_to_its_own_network(scene: Scene) -> None:
    phone = scene.client("look")
    subscription = {"endpoint": "https://192.168.1.1/admin", "keys": KEYS}
    assert phone.post("/api/push", json={"subscription": subscription}).status_code == 400
    assert scene.devices.all()[0].push is None


def test_without_the_packages_a_phone_is_told_what_is_missing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: object) -> None:
        raise ModuleNotFoundError("No module named 'cryptography'", name="cryptography")

    monkeypatch.setattr("fallwatch.web.push.server_key.ServerKey._loaded", missing)
    reply = scene.client().get("/api/push")
    assert reply.status_code == 503
    assert "fallwatch[web]" in reply.json()["error"]


def test_the_record_says_from_where_an_alarm_was_acknowledged(scene: Scene) -> None:
    alarm = scene.fall()
    path = f"/api/alarms/{alarm.event_id}/acknowledge"
    assert scene.client().post(path, json={"false_alarm": True}).is_success
    last = scene.services.store.history(alarm.event_id)[-1]
    assert (last.by, str(last.what)) == ("Anna", "acknowledged from testclient: false alarm")
    assert waiting_since([last]) is None, "the calling chain reads it as an acknowledgement"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/api/frame?room=x", "Dieser Raum hat kein Bild."),
        ("/api/events?days=999", "Es muss eine Zahl von 1 bis 90 sein."),
    ],
)
def test_errors_are_in_the_language_of_the_reader(scene: Scene, path: str, words: str) -> None:
    phone = scene.client()
    reply = phone.get(path, headers={"Accept-Language": "de"})
    assert reply.json()["error"] == words
    reply = phone.post("/api/pair", headers={"Accept-Language": "de", "X-Fallwatch": "0"})
    assert reply.json()["error"] == "Die Anfrage kommt nicht von der Seite."


def test_the_state_is_worked_out_once_for_all_who_look_on(scene: Scene) -> None:
    scene.see()
    asked = []
    state = PageState(scene.services, scene.folder)
    now = state.now
    state.now = lambda language: asked.append(language) or now(language)  # type: ignore[method-assign,func-returns-value]
    clock = [0.0]
    shared = SharedState(state, lambda: scene.services.dispatcher.open_alarms, lambda: clock[0])
    seen = {shared.now("en")[0] for _ in range(50)}
    assert (seen, asked) == ({1}, ["en"])
    clock[0] += 1.0
    assert shared.now("en")[0] == 1, "the time alone is no change"
    scene.fall()
    number, sent = shared.now("en")
    assert (number, json.loads(sent)["alarms"][0]["headline"]) == (2, "Fall"), "at once"
    assert asked == ["en"] * 3


def test_images_are_encoded_once_for_all_who_look(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fallwatch.web.live_frames as live_frames

    encoded = []
    to_jpeg = live_frames.to_jpeg
    monkeypatch.setattr(
        live_frames, "to_jpeg", lambda i, side: encoded.append(i) or to_jpeg(i, side)
    )
    phone = scene.client()
    assert phone.get("/api/frame", params={"room": ROOM}).status_code == 404
    scene.see()
    assert not encoded, "nobody looks"
    replies = [phone.get("/api/frame", params={"room": ROOM}) for _ in range(50)]
    assert {reply.status_code for reply in replies} == {200}
    assert len(encoded) == 1
    after = replies[0].headers["x-frame-number"]
    reply = phone.get("/api/frame", params={"room": ROOM, "after": after})
    assert reply.status_code == 204


def test_snapshot_and_clip_are_sent_with_ranges(scene: Scene, tmp_path: Path) -> None:
    alarm = scene.fall()
    media = scene.services.media
    media.prepare()
    media.write(media.snapshot(alarm.event_id), b"jpeg")
    media.write(media.clip(alarm.event_id), b"0123456789")
    phone = scene.client("look")
    assert phone.get(f"/api/events/{alarm.event_id}/snapshot").content == b"jpeg"
    part = phone.get(f"/api/events/{alarm.event_id}/clip", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")


def test_the_page_brings_nothing_from_elsewhere(scene: Scene) -> None:
    stranger = TestClient(scene.application)
    for path in ("/", "/pair", "/offline", "/service-worker.js", "/manifest.webmanifest"):
        reply = stranger.get(path)
        assert reply.status_code == 200
        assert "default-src 'self'" in reply.headers["content-security-policy"]
        assert "http://" not in reply.text.replace("http://www.w3.org", "")
        assert "https://" not in reply.text


def test_a_carer_says_on_the_phone_that_they_are_in_the_room(scene: Scene) -> None:
    phone = scene.client("acknowledge")

    def room(language: str = "en") -> Any:
        (found,) = phone.get("/api/state", params={"language": language}).json()["rooms"]
        return found

    scene.see()
    assert phone.post("/api/visit", json={"room": ROOM, "here": True}).is_success
    assert scene.services.visits.left_s(ROOM) > 1790
    event = make_event(camera=ROOM)
    assert scene.services.visits.hold(ROOM, event, lambda: None)
    wait_until(lambda: room("de")["state"] == "care_visit")
    found = room("de")
    assert found["state_text"] == "Pflegebesuch"
    assert "Anna" in found["detail"]
    assert not found["monitoring"]
    # Whoever follows the state is not told the same again and again.
    assert room()["visit_until_utc"] == found["visit_until_utc"]
    assert phone.post("/api/visit", json={"room": ROOM, "here": False}).is_success
    wait_until(lambda: room()["visit_until_utc"] is None)
    assert room()["state"] == "monitoring"


def test_a_visit_without_a_room_is_refused(scene: Scene) -> None:
    phone = scene.client("acknowledge")
    assert phone.post("/api/visit", json={"room": "?", "here": True}).status_code == 404
    assert phone.post("/api/visit", json={"room": ROOM, "here": "yes"}).status_code == 400


def test_a_paused_room_is_shown_as_paused_and_until_when(scene: Scene) -> None:
    client, views = scene.client("look"), scene.services.live_views
    scene.see()

    def rooms() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.get("/api/state?language=de").json()["rooms"]
        return found

    views.end(ROOM)
    views.pause(ROOM, "Maria", 1_900_000_000.0)
    (room,) = rooms()
    assert (room["id"], room["state"], room["monitoring"]) == (ROOM, "paused", False)
    assert (room["state_text"], room["detail"]) == ("Pausiert", "Pausiert von Maria.")
    assert room["paused_until_utc"].startswith("2030-03-17T17:46:40")
    scene.fall()
    assert rooms()[0]["state"] == "alarm", "somebody lay there before"
    views.begin(ROOM, "off")
    scene.see()
    assert (rooms()[0]["monitoring"], rooms()[0]["paused_until_utc"]) == (True, None)


def test_a_pause_of_a_room_that_was_removed_is_shown_no_more(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = scene.services.live_views
    views.pause("Hall", "Maria", 1_900_000_000.0)
    assert [pause.room for pause in views.paused()] == ["Hall"]
    monkeypatch.setattr(views, "monotonic", lambda: time.monotonic() + 60.0)
    assert views.paused() == ()


def test_an_event_that_nobody_ended_names_nobody(scene: Scene) -> None:
    client, dispatcher = scene.client("look"), scene.services.dispatcher
    dispatcher.record_past(ROOM, "care_visit_over", Message("Over."), "fallwatch")
    dispatcher.record_past(ROOM, "care_visit", Message("There."), "Maria")
    seen = dispatcher.raise_technical(ROOM, "camera_late", Message("Late."))
    dispatcher.acknowledge(seen.event_id, "fallwatch")  # a phone may be called so
    dispatcher.raise_event(make_event(camera=ROOM), started_unix_s=time.time(), from_clip=True)
    dispatcher.close_clip_alarms(ROOM)
    expected = {"care_visit_over": True, "care_visit": False, "camera_late": False, "fall": True}

    def found() -> dict[str, bool]:
        events = client.get("/api/events").json()["events"]
        return {each["kind"]: each["over_by_itself"] for each in events}

    wait_until(lambda: found() == expected)


def test_the_reasons_of_an_alarm_are_in_plain_words(scene: Scene) -> None:
    event = make_event(camera=ROOM, evidence=(torso_tilt(78.0), torso_tilt(81.0)))
    scene.services.dispatcher.raise_event(event, started_unix_s=time.time(), from_clip=False)
    (alarm,) = scene.client("look").get("/api/state").json()["alarms"]
    assert alarm["reasons"] == ["no longer upright"]


@pytest.mark.parametrize(("kind", "urgent"), [(EventKind.FALL, True), (EventKind.BED_EXIT, False)])
def test_red_is_for_urgent_alarms_alone(scene: Scene, kind: EventKind, urgent: bool) -> None:
    scene.see()
    scene.services.dispatcher.raise_technical(ROOM, "sound_failed", Message("No sound."))
    event = make_event(kind, camera=ROOM)
    scene.services.dispatcher.raise_event(event, started_unix_s=time.time(), from_clip=False)
    state = scene.client("look").get("/api/state").json()
    assert {each["kind"]: each["is_urgent"] for each in state["alarms"]} == {
        "sound_failed": False,
        kind.value: urgent,
    }
    assert [each["is_urgent"] for each in state["rooms"]] == [urgent]
