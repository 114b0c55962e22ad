"""Folders of pose networks: ``networks.json`` says where they come from and how to know them.

Each network NAME is two files of OpenVINO's, ``NAME.xml`` and ``NAME.bin``. Their checksums are
compared before anything is loaded; every failure is a sentence that names the file and what to do.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fallwatch.core.message import Message, MessageError

MANIFEST_FILE = "networks.json"


class PoseModelError(MessageError):
    """The pose model cannot be had. The message says why and what to do."""


class NetworkManifest(BaseModel):
    """The description of one folder of networks.

    Attributes:
        format: Version of this layout.
        name: Name, the same as the folder's.
        networks: Names of the networks.
        sha256: Checksum of every file in the folder but this one.
        licence: SPDX expression; the text lies beside it, see ``licence_file``.
        licence_file: Name of the file with the licence's text.
        origin: Package, version, files and checksums that the networks were made of.
        made: How: command, changes made, versions of the tools, largest differences found.
    """

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    name: str
    networks: Annotated[tuple[Annotated[str, Field(pattern=r"^[\w-]+$")], ...], Field(min_length=1)]
    sha256: dict[str, str]
    licence: str
    licence_file: str
    origin: dict[str, Any]
    made: dict[str, Any]


def network_files(name: str) -> tuple[str, str]:
    """Names of the files that make up one network."""
    return f"{name}.xml", f"{name}.bin"


def load_network_manifest(folder: Path) -> NetworkManifest:
    """Read a folder's manifest and compare the checksums of its networks' files.

    Raises:
        PoseModelError: A file is missing or damaged.
    """
    path = folder / MANIFEST_FILE
    try:
        manifest = NetworkManifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise _unreadable(path, error) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise PoseModelError(
            Message(
                "{0} does not describe pose networks ({1}: {2}). Install fallwatch again, or "
                "restore the folder.",
                (str(path), where, first["msg"]),
            )
        ) from error
    for network in manifest.networks:
        for name in network_files(network):
            _check(folder / name, manifest.sha256.get(name))
    return manifest


def checked_networks(folder: Path, *names: str) -> tuple[Path, ...]:
    """Paths of the ``.xml`` files of the networks so named, checked.

    Raises:
        PoseModelError: One is not listed, or a file is missing or damaged.
    """
    manifest = load_network_manifest(folder)
    for name in names:
        if name not in manifest.networks:
            raise PoseModelError(
                Message(
                    "{0} lists no network '{1}'. Install fallwatch again, or restore the folder.",
                    (str(folder / MANIFEST_FILE), name),
                )
            )
    return tuple(folder / network_files(name)[0] for name in names)


def _unreadable(path: Path, error: OSError) -> PoseModelError:
    return PoseModelError(
        Message(
            "{0} cannot be read ({1}). Install fallwatch again, or restore the folder.",
            (str(path), error.strerror or str(error)),
        )
    )


def _check(path: Path, expected: str | None) -> None:
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error
    if found != expected:
        raise PoseModelError(
            Message(
                "{0} is damaged: its checksum is not the one in {1}. Install fallwatch again, or "
                "restore the folder.",
                (str(path), MANIFEST_FILE),
            )
        )
