"""A world without AWS, in which a service has users, a journal and images, and what CloudFormation asks about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from traffic_switch.contract import FULL_WEIGHT, Color
from traffic_switch.image import KnownImage, Reference
from traffic_switch.journal import Lock
from traffic_switch.model import Live, Weights
from traffic_switch.ports.answer import CloudFormationRequest
from version_guard.handler import serve
from version_guard.model import GuardedService
from version_guard.scan import Scan
from version_guard.signature import Signature
from version_guard.world import World

from tests.unit.fake_surroundings import FakeSurroundings

TAGS = {color: f"live-{color}" for color in Color}
SHOP = GuardedService("greenlight/shop", TAGS, "arn:listener", {Color.BLUE: "arn:blue", Color.GREEN: "arn:green"})
LAMBDA_SECONDS = 240.0
EARLIER_GREENLIGHT = "RecordedImages"
"""The property that the resources of an earlier Greenlight lack: it named images by their tags."""

SWITCH = Lock("switch-7", 1, reason="release green 2.0.0", since=990.0, deadline=4_000.0)

Look = Callable[[], None]


def nothing() -> None:
    """A call that works."""


@dataclass
class FakeGuardWorld:
    """`weights` is what the listener gives blue and green. `looks` are called before what they name is answered.

    `tags` are in the repository, the newest first; `pushed_again` says which image a moved tag is on. Images are there
    by their digests, but for those that are `gone`. `memory` is what the journal knows of versions. `scans` are the
    answers about an image, one after the other, of which the last one stays; `indexes` has the images of an index.
    `signed` are the answers about signatures, likewise.
    """

    weights: tuple[int, int] = (FULL_WEIGHT, 0)
    live: Live | None = None
    lock: Lock | None = None
    tags: list[str] = field(default_factory=lambda: ["2.0.0", "1.0.0"])
    pushed_again: Mapping[str, str] = field(default_factory=dict)
    gone: Collection[str] = ()
    memory: dict[str, KnownImage] = field(default_factory=lambda: {"1.0.0": KnownImage(digest_of("1.0.0"), 900.0)})
    rolling_back: bool = False
    refused_severity: str = ""
    required_profile: str = ""
    scans: Mapping[str, Sequence[Scan]] = field(default_factory=dict)
    signed: Sequence[Sequence[Signature]] = ()
    looks: Mapping[str, Look] = field(default_factory=dict)
    indexes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scanned: Counter[str] = field(default_factory=Counter)
    around: FakeSurroundings = field(default_factory=FakeSurroundings)
    marked: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, str, str]] = field(default_factory=list)
    data: dict[str, str] = field(default_factory=dict)

    def serve(self, event: dict[str, Any]) -> tuple[str, str]:
        """Handle one event; return the status and the reason of the one answer."""
        ports = _Ports(self)
        world = World(
            {"shop": replace(SHOP, refused_severity=self.refused_severity, required_profile=self.required_profile)},
            lambda _: ports,
            ports.weights,
            ports,
            ports,
            ports.stack,
            ports.answer,
            self.around,
            lambda _: ports,
            lambda _: ports,
        )
        serve(event, world, LAMBDA_SECONDS)
        ((status, reason, physical_id),) = self.answers
        assert physical_id.startswith("version-guard-")
        assert self.around.clock - 1_000.0 < LAMBDA_SECONDS - 50.0, "too late for an answer"
        return status, reason


@dataclass
class _Ports:
    world: FakeGuardWorld

    def _look(self, name: str) -> None:
        self.world.looks.get(name, nothing)()

    def digest(self, tag: str) -> str:
        self._look("images")
        return digest_of(self.world.pushed_again.get(tag, tag)) if tag in self.world.tags else ""

    def has(self, digest: str) -> bool:
        self._look("images")
        return digest not in self.world.gone

    def platforms(self, digest: str) -> Sequence[str]:
        return self.world.indexes.get(digest, (digest,))

    def scan(self, digest: str) -> Scan:
        self._look("scan")
        answers = self.world.scans[digest]
        self.world.scanned[digest] += 1
        return answers[min(self.world.scanned[digest], len(answers)) - 1]

    def signatures(self, digest: str) -> Sequence[Signature]:
        self._look("signatures")
        self.world.scanned[f"signature of {digest}"] += 1
        return self.world.signed[min(self.world.scanned[f"signature of {digest}"], len(self.world.signed)) - 1]

    def newest(self, count: int) -> list[str]:
        return self.world.tags[:count]

    def mark(self, tag: str, reference: Reference) -> None:
        self._look("mark")
        self.world.marked[tag] = reference.named

    def get(self, service: str, version: str) -> KnownImage | None:
        assert service == "shop"
        self._look("memory")
        return self.world.memory.get(version)

    def remember(
        self,
        service: str,
        version: str,
        digest: str,
        at: float,
        *,
        by_tag: Collection[Color] = (),
        by_digest: Collection[Color] = (),
    ) -> None:
        assert service == "shop"
        self._look("remember")
        known = self.world.memory.get(version) or KnownImage("", at)
        tagged = (set(known.by_tag) | set(by_tag)) - set(by_digest)
        self.world.memory[version] = KnownImage(known.digest or digest, known.since, frozenset(tagged))

    def weights(self, service: GuardedService) -> Mapping[Color, int]:
        self._look("weights")
        return dict(zip(Color, self.world.weights, strict=True))

    def lock(self, service: str) -> Lock | None:
        self._look("lock")
        return self.world.lock

    def live(self, service: str) -> Live | None:
        self._look("live")
        return self.world.live

    def stack(self, stack_id: str) -> bool:
        self._look("stack")
        return self.world.rolling_back

    def answer(
        self, request: CloudFormationRequest, status: str, reason: str, data: Mapping[str, str], physical_id: str
    ) -> None:
        self.world.answers.append((status, reason, physical_id))
        self.world.data = dict(data)


def digest_of(image: str) -> str:
    """A digest that says which image it is of."""
    return f"sha256:{sha256(image.encode()).hexdigest()}"


def remembered(color: Color) -> Live:
    """What the journal calls live."""
    return Live(color, "1.0.0", Weights.all_on(color))


def failing(error: Exception) -> Look:
    """A look that AWS does not answer."""

    def look() -> None:
        raise error

    return look


def event(
    kind: str, *, wanted: str, before: str | None = None, allow: str = "false", recorded: str = "false"
) -> dict[str, Any]:
    """A request; `wanted` and `before` are the versions of blue and green, e.g. `1.0.0 2.0.0`."""
    request = {
        "RequestType": kind,
        "ResponseURL": "https://answer",
        "StackId": "arn:stack",
        "RequestId": "request-1",
        "LogicalResourceId": "Guard",
        "ResourceProperties": _properties(wanted, allow, recorded),
    }
    if kind != "Create":
        request["PhysicalResourceId"] = "version-guard-shop"
    if before:
        request["OldResourceProperties"] = _properties(before, "false", "false")
    return request


def upgrade(change: dict[str, Any]) -> dict[str, Any]:
    """The same request where an earlier Greenlight was deployed before."""
    old = {name: value for name, value in change["OldResourceProperties"].items() if name != EARLIER_GREENLIGHT}
    return {**change, "OldResourceProperties": old}


def _properties(versions: str, allow: str, recorded: str) -> dict[str, str]:
    blue, green = versions.split()
    allowed = {"AllowLiveChange": allow, "RecordedImages": recorded}
    return {"Service": "shop", "BlueVersion": blue, "GreenVersion": green, **allowed}
