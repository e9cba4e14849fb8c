"""Which changes of settings a deployed system cannot follow: old and new values in, refusals out.

CloudFormation would find out in the middle of a deploy. It replaces a network or a target group by making a second one
and deleting the first, which fails while other stacks import the first one or a rule refers to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Values = Mapping[str, str]
"""Settings by their keys, as an operator writes them (`vpc_cidr`, `services.shop.blue_port`); "" where one is left out.

A key that is missing was not recorded, by an older version or because its service was not there: nothing is known of
it.
"""


@dataclass(frozen=True)
class Change:
    """One setting's change, and all that was deployed before it."""

    key: str
    before: str
    wanted: str
    deployed: Values

    @property
    def setting(self) -> str:
        """The setting's name, without the service that it belongs to."""
        return self.key.rpartition(".")[2]

    @property
    def compute(self) -> str:
        """What the colors run on so far."""
        return self.deployed.get("compute", "")


@dataclass(frozen=True)
class Rule:
    """When a change is refused, why, and how to get there instead."""

    refuses: Callable[[Change], bool]
    why: str
    instead: str


ANEW = (
    "deploy it once more with -c deletion_protection=false, run `npx cdk destroy {network}`, which leaves images and"
    " tables alone, and deploy what is asked for"
)
"""`{network}` is the stack that everything but images and tables stands on, so that the CDK CLI destroys it all."""

REPLACED_GROUP = "a target group cannot change its port while a rule refers to it"


def _always(_: Change) -> bool:
    return True


def _on(compute: str) -> Callable[[Change], bool]:
    return lambda change: change.compute == compute


def _from_some_to_none(change: Change) -> bool:
    return change.before != "0" and change.wanted == "0"


def _to_anothers(change: Change) -> bool:
    others = {key: value for key, value in change.deployed.items() if key.endswith(".priority") and key != change.key}
    return change.wanted in others.values()


def _while_it_serves(change: Change) -> bool:
    return bool(change.before) and not change.wanted and change.deployed.get("production_port") != "80"


RULES: Mapping[str, Rule] = {
    "vpc_cidr": Rule(_always, "a network cannot change its addresses while load balancer and services are in it", ANEW),
    "nat_gateways": Rule(_from_some_to_none, "the private subnets cannot go while services run in them", ANEW),
    "compute": Rule(_always, "a target group cannot change its kind of targets while a rule refers to it", ANEW),
    "certificate_arn": Rule(
        _while_it_serves,
        "users are served by the listener on port 443, which would be gone before port 80 serves",
        "deploy once with production_port 80, and then without certificate_arn and production_port",
    ),
    "repositories": Rule(_always, "the live color would be replaced by an image of another repository", ANEW),
    "container_port": Rule(_on("fargate"), REPLACED_GROUP, ANEW),
    "blue_port": Rule(_on("ec2"), REPLACED_GROUP, ANEW),
    "green_port": Rule(_on("ec2"), REPLACED_GROUP, ANEW),
    "priority": Rule(
        _to_anothers,
        "another service has that one deployed, and the load balancer changes one rule after the other",
        "move the other service away in a deploy of its own before",
    ),
}
"""By setting. What is not listed can change at any time."""


def refusal(deployed: Values, wanted: Values, network_stack: str) -> str:
    """Say in one line what cannot change, why, and what to do instead; an empty line when everything can."""
    found = refusals(deployed, wanted, network_stack)
    return ". ".join(f"{said}. Keep what is deployed, or {instead}" for said, instead in found)


def refusals(deployed: Values, wanted: Values, network_stack: str) -> list[tuple[str, str]]:
    """What cannot change and why, each with what to do instead of keeping what is deployed.

    What several settings have in common is said once, after all of them.
    """
    stage = wanted.get("stage")
    network = f"{network_stack} -c stage={stage}" if stage else network_stack
    said: dict[tuple[str, str], list[str]] = {}
    for change, rule in _refused(deployed, wanted):
        said.setdefault((rule.why, rule.instead), []).append(_shown(change))
    return [
        (f"{'; '.join(changes)}: {why}", instead.format(network=network)) for (why, instead), changes in said.items()
    ]


def _refused(deployed: Values, wanted: Values) -> Iterator[tuple[Change, Rule]]:
    for key, value in wanted.items():
        change = Change(key, deployed.get(key, ""), value, deployed)
        rule = RULES.get(change.setting)
        if rule and _is_known(change) and change.before != value and rule.refuses(change):
            yield change, rule


def _is_known(change: Change) -> bool:
    """A service's own settings can be judged by those of the others, though it is new."""
    return change.key in change.deployed or (change.setting == "priority" and bool(change.deployed))


def _shown(change: Change) -> str:
    return f"{change.key} is {change.before or 'none'} as deployed, and {change.wanted or 'none'} is asked for"
