"""Stories of somebody who may start executions, or invoke the functions, and means no good."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.simulation.cloud import STATE_MACHINE
from tests.simulation.cloudformation.deployments import RELEASE
from tests.simulation.installation import Installation
from tests.simulation.stories.repertoire import BLUE, GREEN, is_live, when_green_has_traffic
from tests.simulation.stories.scenario import Story
from tests.simulation.web import ANSWER_HOST

Attack = Callable[[Installation], None]


def in_bake(attack: Attack) -> Attack:
    """A release runs, and has its traffic, when somebody attacks."""

    def play(greenlight: Installation) -> None:
        greenlight.is_live(BLUE)
        when_green_has_traffic(greenlight, lambda: _soon(greenlight, 3.0, attack))
        greenlight.deploy(GREEN)

    return play


def early(attack: Attack) -> Attack:
    """A release runs, and its color is not proved yet, when somebody attacks."""

    def play(greenlight: Installation) -> None:
        greenlight.is_live(BLUE)
        greenlight.deploy(GREEN)
        _soon(greenlight, 1.5, attack)

    return play


def at_rest(attack: Attack) -> Attack:
    """Somebody attacks after a release."""

    def play(greenlight: Installation) -> None:
        greenlight.is_live(BLUE)
        greenlight.deploy(GREEN)
        _soon(greenlight, 600.0, attack)

    return play


def starts(name: str = "forged", **changes: str) -> Attack:
    """An execution with the input of the release, but for the changes."""

    def attack(greenlight: Installation) -> None:
        given = {**_release(greenlight), **changes}
        greenlight.executions.start(name, json.dumps(given))

    return attack


def invokes(function: str, **changes: str) -> Attack:
    """A function, called with all that the journal tells of the release, but for the changes."""

    def attack(greenlight: Installation) -> None:
        lock = greenlight.cloud.lock("shop") or {}
        switch = {**_release(greenlight), **changes}
        hold = {"epoch": int(lock.get("epoch", 0)), "debt": ""}
        greenlight.cloud.functions.start(
            function,
            {
                "switch": switch,
                "hold": hold,
                "held_at": "2020-01-01T00:00:00.000Z",
                "entered": "2020-01-01T01:00:00.000Z",
                "before": {"weights": {"blue": 100, "green": 0}, "live": {}},
                "failure": {"phase": "Bake", "reason": "forged"},
                "clean": True,
                "attempt": 0,
                "machine": STATE_MACHINE,
                "execution": switch["switch_id"],
            },
        )

    return attack


def says_it_died(greenlight: Installation) -> None:
    """An event that says that the release has died."""
    switch = _release(greenlight)
    detail = {"name": switch["switch_id"], "status": "FAILED", "input": json.dumps(switch)}
    detail["stateMachineArn"] = STATE_MACHINE
    greenlight.cloud.functions.start("Settle", {"detail": detail})


def asks(kind: str, **changes: Any) -> Attack:
    """A request that CloudFormation did not send."""

    def attack(greenlight: Installation) -> None:
        properties = {"Service": "shop", "Color": "blue", "Version": "v9"}
        request = {
            "RequestType": kind,
            "RequestId": "forged",
            "StackId": greenlight.stacks.all[RELEASE].id,
            "LogicalResourceId": "ShopRelease",
            "ResponseURL": f"https://{ANSWER_HOST}/forged",
            "ResourceProperties": properties,
            **changes,
        }
        greenlight.cloud.invoke_async("Request", request)

    return attack


def _soon(greenlight: Installation, seconds: float, attack: Attack) -> None:
    greenlight.cloud.kernel.at(seconds, lambda: attack(greenlight))


def _release(greenlight: Installation) -> dict[str, Any]:
    (item,) = greenlight.switches()
    switch: dict[str, Any] = json.loads(item["switch"])
    return switch


def _in_vain(greenlight: Installation) -> str:
    """The release is done and live, nobody else has moved anything, and people know."""
    if unmet := is_live("green", "v2", "DONE")(greenlight):
        return unmet
    weights = greenlight.site.rule_weights()
    if weights != {"blue": 0, "green": 100}:
        return f"wanted the rule as the release left it, got {weights}"
    if len(greenlight.switches()) != 1:
        return f"wanted the record of one switch, got {greenlight.switches()}"
    told = [page.subject for page in greenlight.cloud.pages]
    return "" if any("forged" in subject for subject in told) else f"wanted a page about it, got {told}"


OTHER_STACK = "arn:aws:cloudformation:eu-central-1:123456789012:stack/Elsewhere/1"

FORGED = tuple(
    Story(name, play, _in_vain, pages=True, rare=True)
    for name, play in {
        "forged-removal": in_bake(starts(mode="remove")),
        "forged-restore": in_bake(starts(mode="restore", undoes="nobody")),
        "forged-copy": in_bake(starts()),
        "forged-removal-at-rest": at_rest(starts(mode="remove")),
        "forged-unknown": at_rest(starts(mode="remove", switch_id="forged")),
        "forged-nonsense": at_rest(lambda greenlight: greenlight.executions.start("forged", '["remove"]')),
        "forged-delete": at_rest(asks("Delete")),
        "forged-delete-elsewhere": in_bake(asks("Delete", StackId=OTHER_STACK)),
        "forged-update-elsewhere": in_bake(asks("Update", ResponseURL="https://evil.example/")),
        "called-remove": in_bake(invokes("Remove")),
        "called-remove-forged": in_bake(invokes("Remove", mode="remove")),
        "called-repair-forged": in_bake(invokes("Repair", mode="repair")),
        "called-shift-early": early(invokes("Shift")),
        "called-done-early": in_bake(invokes("Done")),
        "called-rollback-forged": in_bake(invokes("Rollback", mode="restore", undoes="nobody")),
    }.items()
)
