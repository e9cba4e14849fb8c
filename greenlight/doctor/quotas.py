"""Whether the account's quotas leave room for what a deploy would create."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from greenlight.doctor.finding import Finding, one_or, problem


@dataclass(frozen=True)
class Quota:
    """A quota as Service Quotas names it."""

    service: str
    code: str
    title: str


RULES = Quota("elasticloadbalancing", "L-7EED9B64", "Rules per Application Load Balancer")
TARGET_GROUPS = Quota("elasticloadbalancing", "L-B22855CB", "Target Groups per Region")
LOAD_BALANCERS = Quota("elasticloadbalancing", "L-53DA6B97", "Application Load Balancers per Region")
ELASTIC_IPS = Quota("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs")
VPCS = Quota("vpc", "L-F678F1CE", "VPCs per Region")
INTERNET_GATEWAYS = Quota("vpc", "L-A4707A72", "Internet gateways per Region")
QUOTAS = (RULES, TARGET_GROUPS, LOAD_BALANCERS, ELASTIC_IPS, VPCS, INTERNET_GATEWAYS)

RULES_PER_SERVICE, PEOPLES_RULES, GROUPS_PER_SERVICE = 3, 2, 2
"""The production rule and a preview rule of each color; people's preview rules; a target group of each color."""


@dataclass(frozen=True)
class Demand:
    """What the settings ask for: everything that a first deploy would create."""

    services: int
    nat_gateways: int
    people_preview: bool = False

    def of(self, quota: Quota) -> int:
        """How many of a quota's things Greenlight has once it is deployed."""
        wanted = {
            RULES: self.services * (RULES_PER_SERVICE + PEOPLES_RULES * self.people_preview),
            TARGET_GROUPS: self.services * GROUPS_PER_SERVICE,
            ELASTIC_IPS: self.nat_gateways,
        }
        return wanted.get(quota, 1)


@dataclass(frozen=True)
class Room:
    """One quota: its value, what is in use, how much of that is Greenlight's, and what Greenlight wants to have."""

    quota: Quota
    value: int
    used: int
    ours: int
    wanted: int

    @property
    def lacking(self) -> int:
        """How many the account has too few; zero or less when a deploy fits."""
        return self.used + max(0, self.wanted - self.ours) - self.value


def judge_quotas(rooms: Iterable[Room]) -> tuple[Finding, ...]:
    """Judge the quotas. What is there already is not created again, so a full quota fails new things alone."""
    looked = list(rooms)
    short = [_short(room) for room in looked if room.lacking > 0 and room.wanted > room.ours]
    return one_or(short, f"{len(looked)} quotas have room for what the settings ask for")


def _short(room: Room) -> Finding:
    quota, more = room.quota, room.wanted - room.ours
    return problem(
        f"{quota.title}: {room.used} of {room.value} are in use, and a deploy would create {more} more",
        f"`aws service-quotas request-service-quota-increase --service-code {quota.service} --quota-code {quota.code}"
        f" --desired-value {room.value + room.lacking}`, or delete what is not needed",
    )
