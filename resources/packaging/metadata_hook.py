"""Metadata that depends on where a release is published: hatchling calls this while it builds.

The release workflow sets ``FALLWATCH_REPOSITORY_URL``. The package's page then shows the README's
pictures and links, which are relative in the repository, and names where source and issues are.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(
    r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)#:\s]+)(?P<place>#[^)]*)?\)"
)


class CustomMetadataHook(MetadataHookInterface):
    """Fills in ``readme`` and ``urls``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """See `MetadataHookInterface.update`."""
        repository = os.environ.get("FALLWATCH_REPOSITORY_URL", "").rstrip("/")
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": absolute_links(text, repository) if repository else text,
        }
        metadata["urls"] = project_urls(repository) if repository else {}


def project_urls(repository: str) -> dict[str, str]:
    """Addresses for the package's page."""
    return {
        "Homepage": repository,
        "Documentation": f"{repository}/blob/main/resources/docs/README.md",
        "Source": repository,
        "Issues": f"{repository}/issues",
        "Changelog": f"{repository}/blob/main/CHANGELOG.md",
    }


def absolute_links(text: str, repository: str) -> str:
    """The README with the addresses of its pictures and pages written out."""

    def absolute(link: re.Match[str]) -> str:
        kind = "raw" if link["picture"] else "blob"
        target = f"{repository}/{kind}/main/{link['target']}{link['place'] or ''}"
        return f"{link['picture']}[{link['text']}]({target})"

    return _LINK.sub(absolute, text)
