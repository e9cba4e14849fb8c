"""The entry for the schedule: people are told on each day on which the host is too old."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from botocore.config import Config
from traffic_switch.contract import STAGE_VARIABLE, TOPIC_VARIABLE
from traffic_switch.ports.notifier import Notifier
from traffic_switch.surroundings import LambdaSurroundings, Surroundings

from host_age.hosts import running_hosts
from host_age.judgment import Host

STACK_VARIABLE, MAX_AGE_VARIABLE = "GREENLIGHT_HOST_STACK", "GREENLIGHT_HOST_MAX_AGE_DAYS"
SUBJECT = "PAGE: Greenlight: the host is due to be renewed"
CALLS = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=2, read_timeout=8)

log = logging.getLogger(__name__)


def handle(_event: Mapping[str, Any], _context: object) -> dict[str, list[str]]:
    """Lambda's entry."""
    return look(_surroundings())


def look(surroundings: Surroundings) -> dict[str, list[str]]:
    """Look at the running hosts of the stack, and tell of those that are due."""
    environment = surroundings.environment
    hosts = running_hosts(surroundings.client("ec2", CALLS), environment[STACK_VARIABLE])
    stage = environment.get(STAGE_VARIABLE, "")
    notifier = Notifier(surroundings.client("sns", CALLS), environment[TOPIC_VARIABLE], stage)
    told = tell_of_due(hosts, int(environment[MAX_AGE_VARIABLE]), surroundings.now(), notifier.tell)
    log.info("looked at the age of the hosts", extra={"due": told})
    return {"due": told}


def tell_of_due(hosts: Iterable[Host], max_age_days: int, now: float, tell: Callable[[str, str], None]) -> list[str]:
    """Tell of each host that is due, and return their ids."""
    due = [host for host in hosts if host.is_due(max_age_days, now)]
    for host in due:
        tell(
            SUBJECT,
            f"{host.described(now)}; host_max_age_days is {max_age_days}. It lacks every security update since."
            " `greenlight renew-host` starts a new one with the newest image, proves both colors there under traffic,"
            " and ends this one",
        )
    return [host.instance_id for host in due]


@cache
def _surroundings() -> Surroundings:
    return LambdaSurroundings()
