"""What a service's users ask for: the shop's mix as far as it is this service's, or else its probe page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from greenlight.rehearsal.balancer.matching import pattern
from greenlight.rehearsal.traffic.profile import SHOP, Profile, RequestKind, single
from stacks.settings import ServiceSettings

SHOP_SOURCE = "services/shop"


def profile_of(service: ServiceSettings, services: Sequence[ServiceSettings]) -> Profile:
    """The load of one service, none of which another service's rule would take."""
    if service.source == SHOP_SOURCE:
        kinds = tuple(kind for kind in SHOP.kinds if _owner(kind, services) == service)
        if any(not kind.shopper for kind in kinds):
            return Profile(kinds)
    return single(service.probe_path)


def _owner(kind: RequestKind, services: Sequence[ServiceSettings]) -> ServiceSettings | None:
    """The service whose rule is the first to match: rules are tried by priority, the lowest first."""
    by_priority = sorted(services, key=lambda service: service.priority)
    return next((each for each in by_priority if re.fullmatch(pattern(each.paths), kind.path)), None)
