"""What the rehearsal says about services and versions, in <run>/versions.json: a source, a commit, and faults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

CATALOG_FILE = "versions.json"


@dataclass(frozen=True)
class VersionEntry:
    """What is known of a version: the modules in runner/faults to load, and the commit it is run from, if any."""

    faults: tuple[str, ...] = ()
    commit: str = ""


@dataclass(frozen=True)
class VersionCatalog:
    """The catalog file, which the rehearsal writes and the cloud reads.

    Its content: `{"shop": {"source": "services/shop"}, "shop:v2": {"faults": ["unhealthy"], "commit": ""}}`. A
    version that is not in it carries no fault, and is the working tree.
    """

    path: Path

    def source(self, service: str) -> str:
        """Return the folder of a service's source, relative to the checkout."""
        return str(self._read().get(service, {}).get("source", f"services/{service}"))

    def entry(self, service: str, version: str) -> VersionEntry:
        """Return what is known of a version."""
        found = self._read().get(f"{service}:{version}", {})
        return VersionEntry(tuple(found.get("faults", ())), found.get("commit", ""))

    def write(self, sources: Mapping[str, str], versions: Mapping[tuple[str, str], VersionEntry]) -> None:
        """Write it: a source for each service, and what is known of each version of it."""
        entries: dict[str, Any] = {service: {"source": source} for service, source in sources.items()}
        entries |= {f"{service}:{version}": asdict(found) for (service, version), found in versions.items()}
        self.path.write_text(json.dumps(entries, indent=2))

    def _read(self) -> dict[str, dict[str, Any]]:
        if not self.path.is_file():
            return {}
        content: dict[str, dict[str, Any]] = json.loads(self.path.read_text())
        return content
