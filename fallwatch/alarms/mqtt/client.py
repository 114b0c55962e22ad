"""The client of paho, which says why it could not connect. Imported at first use, for it is slow.

paho calls ``on_connect_fail`` without a reason: "cannot be reached" was said of a broker that runs
and whose certificate is not trusted.
"""

from __future__ import annotations

import ssl
from socket import gaierror

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from fallwatch.core.message import Message

#: More than any packet that means something here; see `documents.MAX_BYTES`.
MAX_PACKET_BYTES = 100_000

_PIECE_BYTES = 65_536


class BrokerClient(Client):
    """A client that remembers what its last attempt to connect failed of.

    Of a packet that is too large, which may be of 256 MB, the beginning alone is kept: the message
    is taken off the broker and found to be none.

    Args:
        client_id: Unique at the broker.
        address: The broker's address as people know it.

    Attributes:
        failure: What the last attempt that failed was a failure of, in words.
    """

    def __init__(self, client_id: str, address: str) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id=client_id)
        self._address = address
        self.failure = failure_words(None, address)

    def reconnect(self) -> MQTTErrorCode:
        """See paho's own."""
        try:
            return super().reconnect()
        except (OSError, ValueError) as error:
            # The words alone: the error would hold on to the socket.
            self.failure = failure_words(error, self._address)
            raise

    def _sock_recv(self, bufsize: int) -> bytes:
        # paho asks for the rest of a packet at once, and keeps all of it.
        data = super()._sock_recv(min(bufsize, _PIECE_BYTES))
        packet = self._in_packet
        if packet["have_remaining"] and packet["remaining_length"] > MAX_PACKET_BYTES:
            del packet["packet"][MAX_PACKET_BYTES:]
            if len(data) >= packet["to_process"]:
                packet["remaining_length"] = len(packet["packet"]) + len(data)
        return data


def failure_words(error: Exception | None, address: str) -> Message:
    """What an attempt to connect failed of, and what to do.

    Args:
        error: What it raised, if that is known.
        address: The broker's address as people know it.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return Message(
            "The certificate of the broker {0} is not trusted ({1}). Enter the file of the "
            "authority that signed it as the certificate authority of the broker, or give the "
            "broker a certificate that is valid and made out to this address.",
            (address, error.verify_message or "no reason given"),
        )
    if isinstance(error, ssl.SSLError):
        return Message(
            "The broker {0} cannot be spoken to with encryption ({1}). Check that this port is the "
            "one for mqtts, and that broker and certificate file are set up for TLS.",
            (address, _reason_of(error)),
        )
    if isinstance(error, gaierror):
        return Message(
            "The broker {0} cannot be reached: nobody in the network knows its name. It is tried "
            "again; check the address and the network.",
            (address,),
        )
    if isinstance(error, ConnectionRefusedError):
        return Message(
            "The broker {0} cannot be reached: nothing listens there. It is tried again; check "
            "that it runs, and the port in its address.",
            (address,),
        )
    return Message(
        "The broker {0} cannot be reached. It is tried again; check that it runs, the network "
        "and its address.",
        (address,),
    )


def _reason_of(error: ssl.SSLError) -> str:
    return (error.reason or "no reason given").replace("_", " ").lower()
