"""Stories of a rule that is another resource's, of a write that lands last, and of users who must not wait."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.simulation.cloudformation.deployments import RELEASE, Declared, deploy, release
from tests.simulation.faults import Fault, Kind
from tests.simulation.installation import TIMEOUT_SECONDS, Installation
from tests.simulation.stories.breaks_events import BACK, answered_within
from tests.simulation.stories.repertoire import (
    BLUE,
    GREEN,
    KEEP,
    UNTIL_NOTICED_SECONDS,
    errors,
    is_live,
    late_failure,
    paged,
    when_green_has_traffic,
)
from tests.simulation.stories.scenario import Story
from tests.simulation.stories.strikes import away, delete_rule, quietly

OTHER = "Other"
LONG_SECONDS = 3000.0


def lands_last(seconds: float) -> Callable[[Installation], None]:
    """Nobody acknowledges Shift's first write, its second is made, the version fails, and then the first one lands."""

    def play(greenlight: Installation) -> None:
        greenlight.cloud.faults.addressed["Shift", "elbv2.ModifyRule", 1] = Fault(Kind.SLOW, seconds)
        errors(greenlight)

    return play


def over_live(knows_owner: bool) -> Callable[[Installation], None]:
    """A resource is renamed, and its first release fails where the one before is live, so that CloudFormation deletes
    what it created.

    Without `knows_owner` the journal was written before it remembered whose the rule is.
    """

    def play(greenlight: Installation) -> None:
        greenlight.is_live(BLUE)
        if not knows_owner:
            live = dict(greenlight.cloud.live("shop") or {})
            live.pop("resource", None)
            greenlight.tamper("live#shop", live)
        greenlight.site.change("green", up=False)
        greenlight.cloud.kernel.sleep(UNTIL_NOTICED_SECONDS)
        renames(greenlight, GREEN)

    return play


def two_stacks(greenlight: Installation) -> None:
    """A second stack asks for the same service while the first one's release runs: nobody listens, and nobody answers
    it.
    """
    greenlight.is_live(BLUE)
    greenlight.deploy(GREEN)
    greenlight.cloud.kernel.at(25.0, lambda: _deploys_other(greenlight, Declared("shop", "v1", "v2", "blue")))


def renamed(greenlight: Installation) -> None:
    """The resource is renamed: the new one owns the rule from then on, and CloudFormation deletes the one before."""
    greenlight.is_live(BLUE)
    renames(greenlight, BLUE)


def renames(greenlight: Installation, declared: Declared) -> None:
    """Deploy the same release as a resource of another name."""
    template = {f"New{name}": each for name, each in release(declared, seconds=TIMEOUT_SECONDS).items()}
    greenlight.cloud.kernel.spawn("cdk deploy", lambda: deploy(greenlight.stacks, (RELEASE, template)))


def _deploys_other(greenlight: Installation, declared: Declared) -> Any:
    template = release(declared, seconds=TIMEOUT_SECONDS)
    return greenlight.cloud.kernel.spawn("cdk deploy Other", lambda: deploy(greenlight.stacks, (OTHER, template)))


def secret_away(greenlight: Installation) -> None:
    """The new version fails, and nobody can ask the old one what it runs: Secrets Manager is away."""
    errors(greenlight)
    when_green_has_traffic(greenlight, lambda: away("secretsmanager", LONG_SECONDS)(greenlight))


def group_deleted_in_bake(greenlight: Installation) -> None:
    """Somebody deletes the rule, and the new color's target group, while the version is watched."""
    greenlight.is_live(BLUE)

    def ruin() -> None:
        delete_rule(greenlight)
        greenlight.cloud.elbv2.groups.pop(greenlight.site.group("green"))

    def soon() -> None:
        greenlight.cloud.kernel.at(2.0, ruin)

    when_green_has_traffic(greenlight, soon)
    greenlight.deploy(GREEN)


def refused_by_repair(greenlight: Installation) -> None:
    """A release finds a repair at work, is refused, and is rolled back."""
    greenlight.is_live(BLUE)
    greenlight.site.write_rule(50, 50)
    _repair(greenlight)
    greenlight.cloud.kernel.at(3.0, lambda: greenlight.deploy(GREEN))


def kept_then_rolled_back(greenlight: Installation) -> None:
    """A deploy that names no color is rolled back because of another service, while a repair is at work."""
    greenlight.is_live(BLUE, Declared("report", "v1", "v1", "blue"))
    greenlight.sites[1].change("green", up=False)
    greenlight.cloud.kernel.sleep(UNTIL_NOTICED_SECONDS)
    greenlight.deploy(KEEP, Declared("report", "v1", "v2", "green"))
    greenlight.site.write_rule(50, 50)
    greenlight.cloud.kernel.at(60.0, lambda: _repair(greenlight))


def restore_taken_over(*stopped: str) -> Callable[[Installation], None]:
    """The rollback of a good release is stopped, a repair takes its lock, and may be stopped as well; Settle hears of
    it hours later. Then somebody continues the rollback: the release is still to be undone.
    """

    def play(greenlight: Installation) -> None:
        late_failure(greenlight)
        kernel, left = greenlight.cloud.kernel, list(stopped)
        greenlight.executions.events.usual = (7200.0,)

        def watch(_call: str, _parameters: object) -> None:
            for name in greenlight.executions.running():
                item = greenlight.cloud.switch_item(name) or {}
                switch = json.loads(item["switch"]) if "begun" in item else {}
                mode = switch.get("mode", "")
                if mode in left and switch["service"] == "shop":
                    left.remove(mode)
                    greenlight.executions.stop(name, "Stopped", "by hand")

        greenlight.cloud.after_event.append(watch)

        def goes_on() -> None:
            kernel.sleep(1500.0)
            _repair(greenlight)
            kernel.sleep(600.0)
            quietly(lambda: greenlight.stacks.continue_rollback(RELEASE))

        kernel.spawn("an operator", goes_on)

    return play


def _undone_by_rollback(greenlight: Installation) -> str:
    """The last request of all took the traffic back."""
    asked = [
        request.id for request in greenlight.stacks.requests if request.event["LogicalResourceId"] == "ShopRequest"
    ]
    outcome = (greenlight.cloud.switch_item(asked[-1]) or {}).get("outcome")
    return "" if outcome == "ROLLED_BACK" else f"wanted the continued rollback ROLLED_BACK, got {outcome}"


def _repair(greenlight: Installation) -> None:
    event = {"RequestType": "Repair", "RequestId": "repair-1", "Service": "shop", "Reason": "drift"}
    greenlight.cloud.invoke_async("Request", event)


UNTOUCHED = is_live("blue", "v1", "UNCHANGED")

RULES = (
    *(Story(f"lands-last-{seconds:g}", lands_last(seconds), BACK, rare=True) for seconds in (14.0, 19.5)),
    Story("over-live", over_live(knows_owner=True), UNTOUCHED, rare=True),
    Story("over-live-of-nobody", over_live(knows_owner=False), UNTOUCHED, rare=True),
    Story("two-stacks", two_stacks, is_live("green", "v2", "DONE"), pages=True, rare=True),
    Story("renamed", renamed, is_live("blue", "v1", "DONE"), rare=True),
    Story("secret-away", secret_away, answered_within(100.0, BACK), rare=True),
    Story("group-deleted-in-bake", group_deleted_in_bake, answered_within(200.0, paged), pages=True, rare=True),
    Story("refused-by-repair", refused_by_repair, answered_within(10.0, is_live("blue", "v1", "REPAIRED")), rare=True),
    Story("kept-then-rolled-back", kept_then_rolled_back, is_live("blue", "v1", "REPAIRED"), services=2, rare=True),
    Story("restore-taken-over", restore_taken_over("restore"), is_live("blue", "v1"), services=2, rare=True),
    Story(
        "restore-taken-over-twice",
        restore_taken_over("restore", "repair"),
        _undone_by_rollback,
        services=2,
        rare=True,
    ),
)
