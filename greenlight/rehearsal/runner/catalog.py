"""What the rehearsal says about services and versions, in <run>/versions.json: a source, and faults."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CATALOG_FILE = "versions.json"


@dataclass(frozen=True)
class VersionCatalog:
    """The catalog file, which the rehearsal writes and the cloud reads.

    Its content: `{"shop": {"source": "services/shop"}, "shop:v2": {"faults": ["unhealthy"]}}`. A version that is not in
    it carries no fault.
    """

    path: Path

    def source(self, service: str) -> str:
        """Return the folder of a service's source, relative to the checkout."""
        return str(self._read().get(service, {}).get("source", f"services/{service}"))

    def faults(self, service: str, version: str) -> tuple[str, ...]:
        """Return the faults of a version, by the names of the modules in runner/faults."""
        entry = self._read().get(f"{service}:{version}", {})
        return tuple(entry.get("faults", ()))

    def write(self, sources: Mapping[str, str], faults: Mapping[tuple[str, str], Sequence[str]]) -> None:
        """Write it: a source for each service, and faults for each service and version."""
        entries: dict[str, Any] = {service: {"source": source} for service, source in sources.items()}
        entries |= {f"{service}:{version}": {"faults": list(found)} for (service, version), found in faults.items()}
        self.path.write_text(json.dumps(entries, indent=2))

    def _read(self) -> dict[str, dict[str, Any]]:
        if not self.path.is_file():
            return {}
        content: dict[str, dict[str, Any]] = json.loads(self.path.read_text())
        return content
