"""A snapshot as the files that Envoy follows: pure, so that what is written can be compared with what was."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight.rehearsal.balancer.clusters import assignment, cluster
from greenlight.rehearsal.balancer.listeners import listener_resource
from greenlight.rehearsal.balancer.routing import route_configuration
from greenlight.rehearsal.balancer.snapshot import Listener, Snapshot, TargetGroup

Json = dict[str, Any]
Files = dict[str, Json]
"""What to write, by the name of the file, in the order of writing: nothing is named before it is there."""

LISTENERS = "listeners.json"
CLUSTERS = "clusters.json"
VERSION = "version_info"
OWNER_ALONE = 0o600


@dataclass(frozen=True)
class Folder:
    """Where Envoy finds and leaves its files."""

    path: Path

    @property
    def admin(self) -> Path:
        """The socket of its administration, which can end it: for the owner of the folder alone."""
        return self.path / "admin"

    @property
    def access_log(self) -> Path:
        """One line per request."""
        return self.path / "access.log"

    @property
    def health_events(self) -> Path:
        """One line per health check."""
        return self.path / "health.log"

    def source(self, name: str) -> Json:
        """Tell Envoy to follow a file. It notices a file that is renamed to that name."""
        return {"path_config_source": {"path": str(self.path / name)}, "resource_api_version": "V3"}


LARGEST_REGEX, REGEX_STEPS = "re2.max_program_size.error_level", 100_000
"""Envoy refuses a longer expression than 100 steps; the values of one condition, which may be five of 128 characters,
are one expression.
"""


def render(snapshot: Snapshot, folder: Folder) -> Files:
    """Write out everything that Envoy is to know."""
    return {
        **{_endpoints_file(group): _resources(assignment(group)) for group in snapshot.target_groups},
        CLUSTERS: _resources(*(_cluster(group, folder) for group in snapshot.target_groups)),
        **{_routes_file(listener): _resources(route_configuration(listener)) for listener in snapshot.listeners},
        LISTENERS: _versioned(*(_listener(port, folder, on_it) for port, on_it in _by_port(snapshot).items())),
    }


def bootstrap(folder: Folder) -> Json:
    """Write what Envoy starts with."""
    return {
        "node": {"id": "balancer", "cluster": "rehearsal"},
        "admin": {"address": {"pipe": {"path": str(folder.admin), "mode": OWNER_ALONE}}},
        "dynamic_resources": {"lds_config": folder.source(LISTENERS), "cds_config": folder.source(CLUSTERS)},
        "layered_runtime": {"layers": [{"name": "limits", "static_layer": {LARGEST_REGEX: REGEX_STEPS}}]},
    }


def _cluster(group: TargetGroup, folder: Folder) -> Json:
    return cluster(group, endpoints=folder.source(_endpoints_file(group)), events_path=str(folder.health_events))


def _by_port(snapshot: Snapshot) -> dict[int, list[Listener]]:
    found: dict[int, list[Listener]] = {}
    for listener in snapshot.listeners:
        found.setdefault(listener.real_port, []).append(listener)
    return found


def _listener(port: int, folder: Folder, listeners: list[Listener]) -> Json:
    routes = {listener: folder.source(_routes_file(listener)) for listener in listeners}
    return listener_resource(port, routes, access_log_path=str(folder.access_log))


def _endpoints_file(group: TargetGroup) -> str:
    return f"endpoints-{group.name.rpartition('/')[2]}.json"


def _routes_file(listener: Listener) -> str:
    return f"routes-{listener.arn.rpartition('/')[2]}.json"


def _versioned(*resources: Json) -> Json:
    """Resources with a version that Envoy tells once it has taken them."""
    written = _resources(*resources)
    return {VERSION: hashlib.sha256(json.dumps(written).encode()).hexdigest()[:16], **written}


def _resources(*resources: Json) -> Json:
    return {"resources": list(resources)}
