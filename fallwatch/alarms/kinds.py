"""Kinds of alarms and events in words."""

from __future__ import annotations

from fallwatch.core.message import Message, plain

_KINDS = {
    "fall": Message("Fall"),
    "on_floor": Message("Person on the floor"),
    "long_lie": Message("Lying for a long time"),
    "recovered": Message("Got up again"),
    "bed_exit": Message("Out of bed"),
    "camera_lost": Message("Camera lost"),
    "camera_frozen": Message("Image frozen"),
    "camera_blocked": Message("Image dark or blocked"),
    "camera_moved": Message("Camera moved"),
    "camera_late": Message("Images arrive late"),
    "analysis_slow": Message("Analysis too slow"),
    "analysis_failed": Message("Analysis failed"),
    "sound_failed": Message("No sound"),
    "record_failed": Message("Alarm record not written"),
    "record_damaged": Message("Alarm record damaged"),
    "record_refused": Message("Alarm not recorded"),
    "dispatcher_failed": Message("Fault in the alarms"),
    "clock_jumped": Message("Clock set"),
    "disk_low": Message("Disk almost full"),
    "messages_waiting": Message("Messages not delivered"),
    "sleep_possible": Message("This computer may go to sleep"),
    "watch_paused": Message("Watch paused"),
    "care_visit": Message("Care visit"),
    "care_visit_over": Message("Care visit over"),
    "watch_gap": Message("Nobody watched for a while"),
    "watcher_lost": Message("No word from another computer"),
    "broker_lost": Message("No connection to the broker"),
    "recording_failed": Message("Snapshot or clip not stored"),
    "program_fault": Message("Fault in fallwatch itself"),
    "broker_flood": Message("Too many messages at the broker"),
    "variant_missing": Message("Chosen classifier missing"),
    "device_failed": Message("Graphics or neural processor failed"),
    "decoder_failed": Message("Video decoder failed"),
    "page_failed": Message("Page for phones not served"),
    "push_ended": Message("Phone gets no notifications any more"),
    "devices_damaged": Message("List of phones damaged"),
    "push_key_lost": Message("Key of notifications lost"),
    "page_attacked": Message("Pairing codes were guessed"),
    "station_clash": Message("Two computers with one identity"),
}


def kind_message(kind: str) -> Message:
    """What happened; an unknown kind is shown as it is spelt."""
    return _KINDS.get(kind) or plain(kind.replace("_", " ").capitalize())
