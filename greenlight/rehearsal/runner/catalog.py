"""What the rehearsal says about services and versions, in <run>/versions.json: a source, and faults."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CATALOG_FILE = "versions.json"


@dataclass(frozen=True)
class VersionCatalog:
    """The catalog file, read anew at each start of a container, because acts register versions as they go.

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

    def register(self, service: str, version: str, faults: tuple[str, ...]) -> None:
        """Write a version's faults; containers that run already are not touched."""
        content = {**self._read(), f"{service}:{version}": {"faults": list(faults)}}
        scratch = self.path.with_suffix(".new")
        scratch.write_text(json.dumps(content, indent=2, sort_keys=True))
        scratch.replace(self.path)

    def _read(self) -> dict[str, dict[str, Any]]:
        if not self.path.is_file():
            return {}
        content: dict[str, dict[str, Any]] = json.loads(self.path.read_text())
        return content
