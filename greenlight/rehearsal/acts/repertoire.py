"""All acts. Those of every rehearsal come first, in the order in which each begins where the one before ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from greenlight.rehearsal.acts.act import Act
from greenlight.rehearsal.acts.flags import RELEASE
from greenlight.rehearsal.acts.front_door import FRONT_DOOR
from greenlight.rehearsal.acts.host import HOST
from greenlight.rehearsal.acts.in_flight import IN_FLIGHT
from greenlight.rehearsal.acts.interruptions import INTERRUPTIONS
from greenlight.rehearsal.acts.intruder.act import INTRUDER
from greenlight.rehearsal.acts.one_way import ONE_WAY
from greenlight.rehearsal.acts.performance import deployed
from greenlight.rehearsal.acts.pipeline.act import PIPELINE
from greenlight.rehearsal.acts.recovery import RECOVERY
from greenlight.rehearsal.acts.releases import RELEASES
from greenlight.rehearsal.acts.service_secret import SERVICE_SECRET
from greenlight.rehearsal.acts.shoppers import SHOPPING
from greenlight.rehearsal.acts.two_services import TWO_SERVICES
from greenlight.rehearsal.acts.upkeep import UPKEEP

DEFAULT = RELEASES
"""What `greenlight rehearse` plays when it is not told otherwise."""
REPERTOIRE = (
    *RELEASES,
    *UPKEEP,
    *INTERRUPTIONS,
    *INTRUDER,
    *FRONT_DOOR,
    *RECOVERY,
    *IN_FLIGHT,
    *ONE_WAY,
    *TWO_SERVICES,
    *SHOPPING,
    *SERVICE_SECRET,
    *HOST,
    *PIPELINE,
)
RELEASE_ACT = RELEASES[0]


def for_every_service(acts: Sequence[Act], services: Sequence[str]) -> Sequence[Act]:
    """The acts, which are the first service's, with a release of every further service right after the first one's."""
    played: list[Act] = []
    for act in acts:
        played += [act, *_further(services[1:])] if act is RELEASE_ACT else [act]
    return played


def _further(services: Sequence[str]) -> Iterator[Act]:
    for service in services:
        name = f"{RELEASE_ACT.name}-{service}"
        yield replace(
            RELEASE_ACT,
            name=name,
            claim=f"A new version of {service} replaces the live one under load, without one failed request.",
            scenes=(),
            flags={name: RELEASE},
            perform=deployed(name),
            service=service,
        )
