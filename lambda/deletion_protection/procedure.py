"""When the protection is turned on and off, so that it stops people and never a rollback of CloudFormation.

A load balancer that is protected from its creation on cannot be deleted when the first deploy of its stack fails, and
the stack ends in ROLLBACK_FAILED (ELB user guide, Deletion protection: DeleteLoadBalancer is refused). The resource of
this function therefore comes last in its stack: what can fail has not failed by then. It is deleted first.
"""

from __future__ import annotations

from custom_resource.patience import Patience
from custom_resource.request import Event, Kind, kind_of, properties, required
from traffic_switch.journal import Answer
from traffic_switch.stack_looks import FORWARD, STATUS_PATIENCE_SECONDS, STATUS_PAUSE_SECONDS

from deletion_protection.load_balancers import ATTRIBUTE
from deletion_protection.world import World

CREATION_ROLLS_BACK = "ROLLBACK_IN_PROGRESS"
STACK_GOES = "DELETE_IN_PROGRESS"


def decide(event: Event, world: World, patience: Patience) -> Answer:
    """Return SUCCESS or FAILED with the reason.

    Raises:
        RequestError: a property is missing.
    """
    wanted = properties(event)
    arn, enabled = required(wanted, "LoadBalancerArn"), required(wanted, "Enabled") == "true"
    if kind_of(event) is Kind.DELETE:
        return _let_go(arn, _status(str(event["StackId"]), world, patience), world, patience)
    patience(lambda: world.load_balancers.protect(arn, enabled))
    return Answer("SUCCESS", f"{ATTRIBUTE} is {str(enabled).lower()}")


def _status(stack_id: str, world: World, patience: Patience) -> str:
    """The stack's status. DescribeStacks may lag behind by seconds, so that one that cannot be true is read again."""
    clock = world.surroundings
    deadline = clock.monotonic() + STATUS_PATIENCE_SECONDS
    while True:
        status = patience(lambda: world.status(stack_id))
        is_old = status in FORWARD or not status.endswith("_IN_PROGRESS")
        if not is_old or clock.monotonic() >= deadline:
            return status
        clock.sleep(STATUS_PAUSE_SECONDS)


def _let_go(arn: str, status: str, world: World, patience: Patience) -> Answer:
    """Unprotect what a failed creation leaves; refuse the deletion of a stack whose load balancer is protected.

    Otherwise the resource leaves the template, in an update or its rollback, and the load balancer stays as it is.
    """
    if status == CREATION_ROLLS_BACK:
        patience(lambda: world.load_balancers.protect(arn, False))
        return Answer("SUCCESS", "the creation is rolled back, and the load balancer with it")
    if status == STACK_GOES and patience(lambda: world.load_balancers.is_protected(arn)):
        return Answer(
            "FAILED",
            "the load balancer is protected against deletion. To delete it all the same, run `aws elbv2"
            f" modify-load-balancer-attributes --load-balancer-arn {arn} --attributes Key={ATTRIBUTE},Value=false`, and"
            " delete the stack again",
        )
    return Answer("SUCCESS", "the load balancer stays as it is")
