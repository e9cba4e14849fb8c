"""When the listener on port 443 may go: a listener takes its rules along, and never the only one that serves users.

CloudFormation deletes it when the certificate leaves the settings. Its rule has gone to port 80 by then, if the release
was asked to move it and could. What settings and stacks say of that is not enough: a release that was rolled back, or a
repair, leaves the rule where they do not say. The rules are therefore asked. This comes before the listeners in their
stack, so that a refused change touches none of them.

A system that an older version deployed with a certificate has its first listener on port 443. CloudFormation cannot
make it the second one, since a port can have one listener at a time, and is not let try.
"""

from __future__ import annotations

from collections.abc import Collection

from custom_resource.patience import Patience
from custom_resource.request import Event, Kind, kind_of, properties, required
from custom_resource.stack import goes_back
from traffic_switch.contract import HTTPS_PORT
from traffic_switch.journal import Answer

from deletion_protection.world import World

ANEW = (
    "an older version deployed this load balancer with a certificate. Its two listeners cannot change places, and"
    " nothing was changed. Stay with that version, or build the load balancer anew, while users get no answer: turn its"
    " deletion protection off, run `npx cdk destroy GreenlightNetwork`, which leaves images and tables alone, and"
    " deploy again"
)


def judge(event: Event, world: World, patience: Patience) -> Answer:
    """Return SUCCESS or FAILED with the reason. A rollback and a deletion of the stack are never refused.

    Raises:
        RequestError: a property is missing.
    """
    wanted, kind = properties(event), kind_of(event)
    arn, stays = required(wanted, "LoadBalancerArn"), required(wanted, "Https") == "true"
    if kind is Kind.CREATE and patience(lambda: world.load_balancers.redirects_for_good(arn)):
        return Answer("FAILED", ANEW)
    if kind is Kind.DELETE or stays:
        return Answer("SUCCESS", "no listener goes")
    groups = patience(lambda: world.only_served_at(arn, HTTPS_PORT))
    if not groups:
        return Answer("SUCCESS", f"no users are served by port {HTTPS_PORT} alone")
    if goes_back(event, lambda stack: "ROLLBACK" in world.status(stack), patience, world.surroundings.sleep):
        return Answer("SUCCESS", "rolling back")
    return Answer("FAILED", _refusal(groups))


def _refusal(groups: Collection[str]) -> str:
    names = " and ".join(sorted(arn.rpartition("targetgroup/")[2].partition("/")[0] for arn in groups))
    return (
        f"users reach {names} by the listener on port {HTTPS_PORT} alone, which would be deleted with its rules. Deploy"
        " with certificate_arn and production_port 80, run `greenlight repair` for each service whose rule does not"
        " follow, then deploy again"
    )
