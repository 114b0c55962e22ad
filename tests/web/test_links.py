"""The "Acknowledge" link of a message: for one alarm, once, while it lasts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette")
pytest.importorskip("httpx2")

from starlette.applications import Starlette
from starlette.testclient import TestClient

from fallwatch.alarms import lifecycle
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState
from fallwatch.dispatch.answer_links import AnswerLinks
from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_now, utc_text
from fallwatch.web.links import link_routes
from tests.alarms.builders import make_alarm


class Home:
    def __init__(self, path: Path) -> None:
        self.store = EventStore(path)
        self.links = AnswerLinks(self.store)
        self.answers: list[tuple[str, str]] = []
        routes = link_routes(self.links, self.store.get, self.acknowledge)
        self.client = TestClient(Starlette(routes=routes))

    def acknowledge(self, event_id: str, by: str, address: str) -> None:
        self.answers.append((event_id, by))
        assert address == "testclient"
        alarm = self.store.get(event_id)
        assert alarm is not None
        answered = lifecycle.acknowledge(alarm, by, utc_text(utc_now()))
        self.store.update(answered, what=Message("acknowledged"), by=by)

    def alarm(self, event_id: str = "a", **changes: object) -> Alarm:
        alarm = make_alarm(event_id, **changes)
        self.store.update(alarm, what=Message("raised"))
        return alarm

    def state(self, event_id: str = "a") -> AlarmState:
        alarm = self.store.get(event_id)
        assert alarm is not None
        return alarm.state

    def link(self, recipient: str = "Anna", event_id: str = "a") -> str:
        return f"/acknowledge/{self.links.token(event_id, recipient)}"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "events.db")
    home.alarm()
    yield home
    home.client.close()
    home.store.close()


def test_opening_a_link_shows_the_alarm_and_changes_nothing(home: Home) -> None:
    link = home.link()
    for answer in (home.client.get(link), home.client.head(link)):
        assert answer.status_code == 200
    page = home.client.get(link).text
    assert "Fall in kitchen" in page
    assert '<form method="post">' in page
    assert home.answers == []
    assert home.state() is AlarmState.UNACKNOWLEDGED


def test_its_button_acknowledges_for_whoever_got_it(home: Home) -> None:
    answer = home.client.post(home.link())
    assert (answer.status_code, home.answers) == (200, [("a", "Anna (link)")])
    assert "Acknowledged." in answer.text
    assert home.state() is AlarmState.ACKNOWLEDGED


def test_used_again_it_says_who_has_acknowledged(home: Home) -> None:
    anna, ben = home.link("Anna"), home.link("Ben")
    home.client.post(anna)
    for answer in (home.client.post(anna), home.client.get(anna), home.client.post(ben)):
        assert answer.status_code == 200
        assert "Already acknowledged by Anna (link) at" in answer.text
    assert len(home.answers) == 1


def test_a_link_is_worth_nothing_for_another_alarm(home: Home) -> None:
    home.alarm("b")
    home.client.post(home.link(event_id="b"))
    assert home.answers == [("b", "Anna (link)")]
    assert home.state("a") is AlarmState.UNACKNOWLEDGED


def test_once_used_it_does_not_answer_what_is_raised_again(home: Home) -> None:
    link = home.link()
    home.client.post(link)
    home.alarm()
    answer = home.client.post(link)
    assert answer.status_code == 410
    assert "raised again" in answer.text
    assert home.state() is AlarmState.UNACKNOWLEDGED
    # The message about that has a new one.
    assert home.link() != link
    assert home.client.post(home.link()).status_code == 200


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "..%2f..%2fetc", "'; DROP TABLE events"])
def test_a_made_up_token_opens_nothing(home: Home, token: str) -> None:
    for answer in (
        home.client.get(f"/acknowledge/{token}"),
        home.client.post(f"/acknowledge/{token}"),
    ):
        assert answer.status_code == 404
    assert home.answers == []
    assert "kitchen" not in home.client.get("/acknowledge/x").text


def test_with_its_alarm_a_link_ends(home: Home) -> None:
    link = home.link()
    home.alarm(state=AlarmState.CLOSED)
    for answer in (home.client.get(link), home.client.post(link)):
        assert answer.status_code == 410
        assert "This alarm is over." in answer.text
    home.store.delete("a", what=Message("deleted"), by="Anna")
    assert home.client.post(link).status_code == 404
    assert home.answers == []


def test_somebody_who_is_up_again_is_acknowledged_too(home: Home) -> None:
    home.alarm(state=AlarmState.RETURNED_UNACKNOWLEDGED)
    assert home.client.post(home.link()).status_code == 200
    assert home.state() is AlarmState.CLOSED


def test_a_message_that_is_tried_again_has_the_same_link_and_each_recipient_their_own(
    home: Home,
) -> None:
    assert home.link("Anna") == home.link("Anna")
    assert home.link("Anna") != home.link("Ben")


def test_the_record_holds_no_token(home: Home, tmp_path: Path) -> None:
    token = home.links.token("a", "Anna")
    assert len(token) >= 43
    for path in tmp_path.iterdir():
        assert token.encode() not in path.read_bytes()
    link = AnswerLinks(home.store).find(token)
    assert link is not None
    assert (link.event_id, link.recipient, link.used_utc) == ("a", "Anna", None)


def test_pages_are_kept_from_caches_frames_scripts_and_referrers(home: Home) -> None:
    headers = home.client.get(home.link()).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "set-cookie" not in headers


def test_what_the_record_holds_is_text_and_never_markup(home: Home) -> None:
    home.alarm(camera="<script>alert(1)</script>")
    page = home.client.get(home.link()).text
    assert "<script>" not in page
    home.client.post(home.link("<b>Anna</b>"))
    assert "<b>" not in home.client.get(home.link()).text


def test_a_browser_that_asks_for_german_gets_it(home: Home) -> None:
    page = home.client.get(home.link(), headers={"accept-language": "de-AT,de;q=0.9"}).text
    assert 'lang="de"' in page
    assert "Bestätigen" in page


def test_a_record_that_cannot_be_read_is_said(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    link = home.link()
    home.store.close()
    monkeypatch.setattr(sqlite3, "connect", lambda *_, **__: _broken())
    answer = home.client.post(link)
    assert answer.status_code == 503
    assert home.answers == []


def _broken() -> sqlite3.Connection:
    raise sqlite3.OperationalError("disk I/O error")
