"""A packet of the broker that is far too large takes no memory, and nothing behind it is lost."""

from __future__ import annotations

import socket
import struct
import threading
import tracemalloc

from fallwatch.alarms.mqtt.client import MAX_PACKET_BYTES, BrokerClient
from tests.waiting import PATIENCE_S, wait_until

HUGE = 30_000_000


def _length(number: int) -> bytes:
    """As MQTT writes the length of a packet."""
    digits = bytearray()
    while True:
        number, digit = divmod(number, 128)
        digits.append(digit | (128 if number else 0))
        if not number:
            return bytes(digits)


def _publish(topic: bytes, mid: int, payload_length: int) -> bytes:
    """All of a message of quality 1 but its payload."""
    head = struct.pack("!H", len(topic)) + topic + struct.pack("!H", mid)
    return b"\x32" + _length(len(head) + payload_length) + head


def test_of_a_packet_without_measure_the_beginning_is_kept_and_the_next_one_arrives() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    heard: list[tuple[str, int]] = []
    acknowledged: list[bytes] = []

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.settimeout(PATIENCE_S)
            connection.recv(1000)
            connection.sendall(b"\x20\x02\x00\x00")
            connection.sendall(_publish(b"fallwatch/x/about", 7, HUGE))
            for _ in range(HUGE // 1_000_000):
                connection.sendall(b"x" * 1_000_000)
            connection.sendall(_publish(b"fallwatch/y/about", 8, 2) + b"{}")
            while len(b"".join(acknowledged)) < 8:
                acknowledged.append(connection.recv(8))

    thread = threading.Thread(target=serve)
    thread.start()
    client = BrokerClient("a client", "mqtt://127.0.0.1")
    client.on_message = lambda _, __, message: heard.append((message.topic, len(message.payload)))
    tracemalloc.start()
    try:
        client.connect("127.0.0.1", server.getsockname()[1])
        client.loop_start()
        wait_until(lambda: len(heard) == 2)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    thread.join(PATIENCE_S)
    client.disconnect()
    client.loop_stop()
    server.close()
    assert heard[1] == ("fallwatch/y/about", 2)
    topic, length = heard[0]
    assert topic == "fallwatch/x/about"
    assert 20_000 < length <= MAX_PACKET_BYTES + 70_000
    assert most < 5_000_000
    assert b"".join(acknowledged) == b"\x40\x02\x00\x07\x40\x02\x00\x08"
