"""Finds ONVIF cameras on the network by WS-Discovery 1.0: one question to all, and who answers.

Written here in a page: the libraries for it on PyPI stand on ``netifaces``, which nobody keeps up.
"""

from __future__ import annotations

import re
import socket
import time
import uuid
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

#: Where ONVIF devices listen.
GROUP = ("239.255.255.250", 3702)

#: How long answers are waited for.
WAIT_S = 2.5

_MAX_BYTES = 65535
_MAX_FOUND = 64

_PROBE = """<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
 xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
 xmlns:dn="http://www.onvif.org/ver10/network/wsdl">
<e:Header><w:MessageID>uuid:{0}</w:MessageID>
<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>
<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>
<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body>
</e:Envelope>"""

# Read without an XML parser: what comes is anybody's, and four words of it are wanted.
_ADDRESSES = re.compile(r"<(?:\w+:)?XAddrs[^>]*>([^<]*)<")
_SCOPES = re.compile(r"<(?:\w+:)?Scopes[^>]*>([^<]*)<")
_NAME = re.compile(r"onvif://www\.onvif\.org/(name|hardware)/([^\s/]+)")


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera on the network.

    Attributes:
        host: Its address.
        title: What it calls itself; its address if it says nothing.
    """

    host: str
    title: str


def find_cameras(group: tuple[str, int] = GROUP, wait_s: float = WAIT_S) -> tuple[FoundCamera, ...]:
    """Ask who is there, and wait for answers: not on the window's thread.

    Args:
        group: Address and port that are asked.
        wait_s: For how long.

    Returns:
        Those that answered, by address, each once.

    Raises:
        OSError: This computer has no network.
    """
    found: dict[str, FoundCamera] = {}
    question = _PROBE.format(uuid.uuid4()).encode()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        line.sendto(question, group)
        end_s = time.perf_counter() + wait_s
        while (left_s := end_s - time.perf_counter()) > 0 and len(found) < _MAX_FOUND:
            line.settimeout(left_s)
            try:
                answer, _ = line.recvfrom(_MAX_BYTES)
            except TimeoutError:
                break
            except ConnectionError:
                continue  # Windows says so where nobody listens; others may
            camera = camera_of(answer)
            if camera is not None:
                found.setdefault(camera.host, camera)
    return tuple(sorted(found.values(), key=lambda each: each.host))


def camera_of(answer: bytes) -> FoundCamera | None:
    """What an answer says; None if it names no address."""
    text = answer.decode("utf-8", errors="replace")
    addresses = _ADDRESSES.search(text)
    host = None
    for address in addresses[1].split() if addresses else ():
        try:
            host = host or urlsplit(address).hostname
        except ValueError:
            continue
    if not host:
        return None
    scopes = _SCOPES.search(text)
    named = {kind: unquote(name) for kind, name in _NAME.findall(scopes[1] if scopes else "")}
    words = " ".join(dict.fromkeys(named.values()))
    title = "".join(letter for letter in words if letter.isprintable())[:60]
    return FoundCamera(host, title or host)
