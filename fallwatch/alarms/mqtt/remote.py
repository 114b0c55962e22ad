"""The alarms of other computers, as alarms of this one; answers given here go back there."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.alarms.mqtt.documents import about_from, alarm_from_json, answer_json
from fallwatch.alarms.mqtt.intake import Intake
from fallwatch.alarms.mqtt.link import BrokerLink, Handler
from fallwatch.alarms.mqtt.topics import Topics, is_remote, local_id, remote_parts
from fallwatch.core.message import Message
from fallwatch.core.protocols import AlarmDispatch
from fallwatch.core.types import Alarm, AlarmState

#: Kinds of the technical alarms about other computers and about the broker between.
WATCHER_LOST, BROKER_LOST, BROKER_FLOOD = "watcher_lost", "broker_lost", "broker_flood"

#: An answer has to have arrived by then.
ANSWER_WITHIN_S = 15.0

#: A computer that starts again is back by then.
_WATCHER_LOST_AFTER_S = 10.0

#: What the broker has kept has arrived by then.
_SETTLED_AFTER_S = 5.0

#: A broker that restarts is back by then.
_BROKER_LOST_AFTER_S = 15.0

#: More computers than any household or ward has: somebody floods the broker.
_MAX_STATIONS = 100

_STATION = re.compile(r"[a-z0-9-]{1,80}")


@dataclass(slots=True)
class _Station:
    """What is known of another computer."""

    short: str
    name: str
    ended: bool = False
    introduced: bool = False
    online: bool | None = None
    offline_since_s: float = 0.0
    told_lost: bool | None = None


@dataclass(slots=True)
class _Known:
    """What other computers have said on this connection, and what was answered here."""

    stations: dict[str, _Station] = field(default_factory=dict)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    pending: dict[str, float] = field(default_factory=dict)
    shown: dict[str, Alarm] = field(default_factory=dict)


class RemoteAlarms:
    """Brings the alarms of other stations to this computer's dispatcher.

    They are recorded, shown and sounded here like its own. Who answers one here answers it there;
    an answer that does not arrive there in time is taken back here, and the alarm sounds on.

    Args:
        link: The connection to the broker.
        topics: Of this station, whose own alarms are left out.
        dispatcher: Where alarms go.
        this_computer: What technical alarms about the broker are about.
        monotonic: Clock in seconds.
    """

    def __init__(
        self,
        link: BrokerLink,
        topics: Topics,
        dispatcher: AlarmDispatch,
        this_computer: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link, self._topics, self._dispatcher = link, topics, dispatcher
        self._this_computer, self._monotonic = this_computer, monotonic
        self._lock = threading.Lock()
        self._known = _Known()
        self._intake, self._handing = Intake(monotonic), threading.Lock()
        # Whether people were told of a flood; None: perhaps by an earlier run.
        self._flood_told: bool | None = None
        self._connected_s: float | None = None
        self._lost_s: float | None = monotonic()
        # Whether people were told that the broker is lost; None: perhaps by an earlier run.
        self._broker_told: bool | None = None

    def show_alarms(self, alarms: Iterable[Alarm]) -> None:
        """Tell what is open here; what was answered here is answered there. Any thread."""
        with self._lock:
            known = self._known
            before = known.shown
            known.shown = {each.event_id: each for each in alarms if is_remote(each.event_id)}
            answered = [
                event_id
                for event_id, there in known.alarms.items()
                if is_unacknowledged(there)
                and event_id not in known.pending
                # The moment of the answer, not the state: an alarm that was triggered again there
                # may still be shown as answered here.
                and _waits(before.get(event_id))
                and not _waits(known.shown.get(event_id))
            ]
            for event_id in answered:
                known.pending[event_id] = self._monotonic()
            here = dict(known.shown)
        for event_id in answered:
            self._send_answer(event_id, here.get(event_id))

    def subscriptions(self) -> dict[str, Handler]:
        """See `fallwatch.alarms.mqtt.link.Attendant.subscriptions`."""
        base = self._topics.base
        return {
            f"{base}/+/about": self._on_about,
            f"{base}/+/status": self._on_status,
            f"{base}/+/alarms/+": self._on_alarm,
        }

    def connected(self) -> None:
        """See `fallwatch.alarms.mqtt.link.Attendant.connected`."""
        with self._lock:
            pending = [(each, self._known.shown.get(each)) for each in self._known.pending]
            self._connected_s = self._monotonic()
        for event_id, here in pending:
            self._send_answer(event_id, here)

    def tick(self) -> None:
        """See `fallwatch.alarms.mqtt.link.Attendant.tick`."""
        self._watch_broker()
        self._take_back_late_answers()
        self._hand_on()
        self._tell_flood()
        with self._lock:
            stations = list(self._known.stations.values())
        for station in stations:
            self._judge(station)
        if self._connected_s is None or self._monotonic() - self._connected_s < _SETTLED_AFTER_S:
            return
        self._connected_s = None
        self._close_what_is_over()

    def _watch_broker(self) -> None:
        problem = self._link.problem
        if problem is None:
            self._lost_s = None
            if self._broker_told is not False:
                self._broker_told = False
                self._dispatcher.clear_technical(self._this_computer, BROKER_LOST)
            return
        now_s = self._monotonic()
        if self._lost_s is None:
            self._lost_s = now_s
        if not self._broker_told and now_s - self._lost_s >= _BROKER_LOST_AFTER_S:
            self._broker_told = True
            words = Message("Alarms of other computers do not reach this one. {0}", (problem,))
            self._dispatcher.raise_technical(self._this_computer, BROKER_LOST, words)

    def _take_back_late_answers(self) -> None:
        late = []
        with self._lock:
            for event_id, sent_s in tuple(self._known.pending.items()):
                if self._monotonic() - sent_s >= ANSWER_WITHIN_S:
                    del self._known.pending[event_id]
                    late.append(self._known.alarms.get(event_id))
        for there in late:
            if there is not None:
                said = Message(
                    "The acknowledgement did not reach {0}: acknowledge there.", (there.camera,)
                )
                self._dispatcher.mirror(replace(there, evidence=(said, *there.evidence)))

    def _close_what_is_over(self) -> None:
        """Alarms that were closed there while this computer did not listen are closed here."""
        with self._lock:
            known = self._known
            over = [
                alarm
                for event_id, alarm in known.shown.items()
                if event_id not in known.alarms
                and event_id not in self._intake
                and (station := known.stations.get(remote_parts(event_id)[0])) is not None
                and station.online
            ]
        for alarm in over:
            self._dispatcher.mirror(_closed(alarm))

    def _on_about(self, topic: str, payload: bytes, retained: bool) -> None:
        about = about_from(payload)
        station = self._station_of(topic)
        if about is None or station is None:
            return
        station.name, station.ended = about
        station.introduced = True

    def _on_status(self, topic: str, payload: bytes, retained: bool) -> None:
        station = self._station_of(topic)
        if station is None or payload not in (b"online", b"offline"):
            return
        online = payload == b"online"
        if station.online is not online:
            station.online, station.offline_since_s = online, self._monotonic()

    def _judge(self, station: _Station) -> None:
        """Say so if a computer has vanished without a farewell."""
        # Every fallwatch says who it is; of what else is at the broker, nobody waits for word.
        if station.online is None or not station.introduced:
            return
        gone_s = self._monotonic() - station.offline_since_s
        lost = not (station.online or station.ended) and gone_s >= _WATCHER_LOST_AFTER_S
        if lost == station.told_lost:
            return
        station.told_lost = lost
        if not lost:
            self._dispatcher.clear_technical(station.short, WATCHER_LOST)
            return
        words = Message(
            "{0} is not heard any more: nobody is alarmed of what happens in the rooms it "
            "watches. Check that it runs and has a network.",
            (station.name,),
        )
        self._dispatcher.raise_technical(station.short, WATCHER_LOST, words)

    def _on_alarm(self, topic: str, payload: bytes, retained: bool) -> None:
        station = self._station_of(topic)
        if station is None:
            return
        event_id = topic.split("/")[-1]
        mine = local_id(station.short, event_id)
        there = None
        if payload:
            alarm = alarm_from_json(payload)
            if alarm is None or alarm.event_id != event_id:
                return
            there = replace(alarm, event_id=mine, camera=f"{alarm.camera} ({station.name})")
        with self._lock:
            is_known = there is not None and self._known.alarms.get(mine) == there
            if is_known and mine not in self._intake:
                return
            open_ids = self._open_of(station.short)
        self._intake.put(station.short, mine, there, open_ids)
        self._hand_on()

    def _open_of(self, short: str) -> set[str]:
        return {each for each in self._known.alarms if remote_parts(each)[0] == short}

    def _hand_on(self) -> None:
        """Hand on what the turns allow; the rest waits for the next second."""
        if not self._handing.acquire(blocking=False):
            return  # It is being done, on the link's other thread.
        try:
            while (taken := self._intake.take()) is not None:
                event_id, there = taken
                if there is None:
                    self._on_closed(event_id)
                elif self._take_in(there):
                    self._dispatcher.mirror(there)
        finally:
            self._handing.release()

    def _tell_flood(self) -> None:
        """Say so while more comes from the broker than can be true."""
        names = self._intake.excess()
        if bool(names) == self._flood_told:
            return
        self._flood_told = bool(names)
        if not names:
            self._dispatcher.clear_technical(self._this_computer, BROKER_FLOOD)
            return
        words = Message(
            "More comes from {0} by the broker than can be true: some of it is left out or shown "
            "late. The alarms of this computer and of the others are told as always. Check that "
            "computer, and who may write at the broker.",
            (", ".join(names),),
        )
        self._dispatcher.raise_technical(self._this_computer, BROKER_FLOOD, words)

    def _take_in(self, there: Alarm) -> bool:
        """Remember an alarm as it is there; returns whether that is news for the dispatcher."""
        with self._lock:
            known, event_id = self._known, there.event_id
            before = known.alarms.get(event_id)
            if before == there:
                return False
            known.alarms[event_id] = there
            same = before is not None and before.evidence == there.evidence
            if event_id in known.pending and same and is_unacknowledged(there):
                return False  # The answer is still on its way there.
            known.pending.pop(event_id, None)
            return True

    def _on_closed(self, mine: str) -> None:
        with self._lock:
            there = self._known.alarms.pop(mine, None)
            self._known.pending.pop(mine, None)
            here = self._known.shown.get(mine, there)
        if here is not None:
            self._dispatcher.mirror(_closed(here))

    def _station_of(self, topic: str) -> _Station | None:
        """The computer a topic belongs to; None for this one, and for what is none."""
        short = topic.removeprefix(f"{self._topics.base}/").split("/")[0]
        if short == self._topics.station or _STATION.fullmatch(short) is None:
            return None
        with self._lock:
            stations = self._known.stations
            if short not in stations and len(stations) >= _MAX_STATIONS:
                self._intake.note_excess(f"{self._topics.base}/+")
                if not self._make_room():
                    return None
            return stations.setdefault(short, _Station(short, short))

    def _make_room(self) -> bool:
        """Give up one computer that has never said who it is, as every fallwatch does."""
        stations = self._known.stations
        strange = next((each for each in stations.values() if not each.introduced), None)
        if strange is None:
            return False
        del stations[strange.short]
        self._intake.forget(strange.short)
        for event_id in self._open_of(strange.short):
            self._intake.put("", event_id, None, {event_id})
        return True

    def _send_answer(self, event_id: str, here: Alarm | None) -> None:
        short, original = remote_parts(event_id)
        by = (here.acknowledged_by if here is not None else None) or self._topics.station
        topic = Topics(self._topics.base, short).acknowledge
        self._link.publish(topic, answer_json(original, by), retain=False)


def _waits(alarm: Alarm | None) -> bool:
    return alarm is not None and is_unacknowledged(alarm)


def _closed(alarm: Alarm) -> Alarm:
    return replace(
        alarm, state=AlarmState.CLOSED, acknowledged_by=alarm.acknowledged_by or "its own computer"
    )
