"""AWS::ElasticLoadBalancingV2::LoadBalancer: the name that CloudFormation makes, which policies can be about.

A few letters of the stack's name and of the logical id, and something random: `Green-Front-1A2B3C4D5E6F`. The library
makes it longer, and of lower case.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import alb
from ministack.services.cloudformation import provisioners

from greenlight.bootstrap.requests import short_name
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import Created, Properties
from greenlight.rehearsal.cloud.requirement import require

TYPE = "AWS::ElasticLoadBalancingV2::LoadBalancer"


def install() -> None:
    """Choose the name where the template does not, and keep it."""
    require(provisioners, "_RESOURCE_HANDLERS", "_physical_name")
    require(alb, "_lbs")
    handlers = provisioners._RESOURCE_HANDLERS
    create, update = handlers[TYPE]["create"], handlers[TYPE]["update"]
    handlers[TYPE] = {**handlers[TYPE], "create": _named(create), "update": _keeping(update)}


def _named(create: Callable[..., Created]) -> Callable[..., Created]:
    def created(logical_id: str, properties: Properties, stack_name: str, *rest: Any) -> Created:
        random = provisioners._physical_name(stack_name, logical_id).rpartition("-")[2]
        name = properties.get("Name") or short_name(stack_name, logical_id, random)
        return create(logical_id, {**properties, "Name": name}, stack_name, *rest)

    return created


def _keeping(update: Callable[..., Created]) -> Callable[..., Created]:
    """The library's update takes another name than its own for a new one, and replaces the load balancer."""

    def updated(physical_id: str, old: Properties, new: Properties, *rest: Any) -> Created:
        name = (alb._lbs.get(physical_id) or {}).get("LoadBalancerName")
        kept = {"Name": name} if name else {}
        return update(physical_id, {**kept, **old}, {**kept, **new}, *rest)

    return updated
