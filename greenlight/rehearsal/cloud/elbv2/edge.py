"""Keeps the balancer at what the local AWS says, and tells what the balancer sees."""

from __future__ import annotations

import threading
from typing import Any

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import alb, ec2

from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.balancer.balancer import Balancer
from greenlight.rehearsal.balancer.health import DRAINING, NOT_IN_USE, NOT_REGISTERED, Health
from greenlight.rehearsal.cloud.elbv2.addresses import Addresses
from greenlight.rehearsal.cloud.elbv2.attributes import complete_attributes
from greenlight.rehearsal.cloud.elbv2.certificates import Certificates
from greenlight.rehearsal.cloud.elbv2.records import relink
from greenlight.rehearsal.cloud.elbv2.registrations import Registrations, Target
from greenlight.rehearsal.cloud.elbv2.rendering import Rendering, dimension
from greenlight.rehearsal.cloud.elbv2.views import listener_view, target_view
from greenlight.rehearsal.cloud.routes import Routes


class Edge:
    """The load balancers of the default account and region, and the Envoy that serves them."""

    def __init__(
        self, balancer: Balancer, certificates: Certificates, routes: Routes, check_scale: float = 1.0
    ) -> None:
        self.balancer = balancer
        self.registrations = Registrations()
        self.addresses = Addresses()
        self._rendering = Rendering(self.registrations, self.addresses, certificates, routes, check_scale)
        self._lock = threading.RLock()
        routes.on_change(self._routes_changed)

    def changed(self) -> None:
        """Serve what the records say now. On return the balancer has been told: it applies it in milliseconds."""
        with self._lock:
            relink()
            complete_attributes()
            self._name_load_balancers()
            self.balancer.serve(self._rendering.snapshot())

    def targets(self, group_arn: str) -> list[Target]:
        """List the targets of a group, those that drain included."""
        return [*self.registrations.registered(group_arn), *self.registrations.draining(group_arn)]

    def health(self, group_arn: str, target: Target) -> Health:
        """Tell the health of any target, registered or not."""
        if target not in self.registrations.registered(group_arn):
            return DRAINING if target in self.registrations.draining(group_arn) else NOT_REGISTERED
        if not alb._tgs[group_arn]["LoadBalancerArns"]:
            return NOT_IN_USE
        return self.balancer.health(dimension(group_arn), f"{target[0]}:{target[1]}")

    def hosts(self) -> dict[tuple[str, str], list[Health]]:
        """Tell the health of all targets, by load balancer and target group, of the groups that are in use."""
        return {
            (dimension(load_balancer), dimension(arn)): [
                self.health(arn, target) for target in self.registrations.registered(arn)
            ]
            for arn, group in list(alb._tgs.items())
            for load_balancer in group["LoadBalancerArns"]
        }

    def describe(self) -> dict[str, Any]:
        """Tell what is served, for people and for the acts of a rehearsal."""
        groups = {dimension(arn): arn for arn in list(alb._tgs)}
        return {
            "listeners": [listener_view(each) for each in self.balancer.snapshot.listeners],
            "target_groups": [
                {
                    "name": name,
                    "in_use": bool(alb._tgs[arn]["LoadBalancerArns"]),
                    "targets": [target_view(target, self.health(arn, target)) for target in self.targets(arn)],
                }
                for name, arn in groups.items()
            ],
        }

    def _name_load_balancers(self) -> None:
        self.addresses.keep(list(alb._listeners.values()))
        for arn, record in list(alb._lbs.items()):
            record["DNSName"] = self.addresses.dns_name(arn)
            subnets = [ec2._subnets[each] for each in record.get("Subnets", []) if each in ec2._subnets]
            record["VpcId"] = subnets[0]["VpcId"] if subnets else record["VpcId"]

    def _routes_changed(self) -> None:
        set_request_account_id(ACCOUNT)
        set_request_region(REGION)
        self.changed()
