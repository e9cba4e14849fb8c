from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.model import RuleLook, Weights
from traffic_switch.rule_shape import conditions, forward, look_at

from tests.unit.switch_facts import BLUE_ARN, GREEN_ARN, PLACE, group, raw_rule

THIRD = "arn:third"
DEFAULT = {"RuleArn": "arn:default", "Priority": "default", "IsDefault": True, "Conditions": [], "Actions": []}
PREVIEW = raw_rule(
    priority="10",
    RuleArn="arn:preview",
    Conditions=[{"Field": "http-header", "HttpHeaderConfig": {"Values": ["blue-x"]}}],
)


def forwarding(*groups: dict[str, Any], sticky: bool = False) -> list[dict[str, Any]]:
    config = {"TargetGroups": list(groups), "TargetGroupStickinessConfig": {"Enabled": sticky}}
    return [{"Type": "forward", "ForwardConfig": config}]


def test_the_rule_reads_as_its_weights() -> None:
    assert look_at([PREVIEW, raw_rule(30, 70), DEFAULT], PLACE) == RuleLook("arn:rule", Weights(30, 70))


def test_without_a_production_rule_there_is_none() -> None:
    look = look_at([PREVIEW, DEFAULT], PLACE)

    assert not look.exists
    assert look.reads(None)


@pytest.mark.parametrize(
    ("actions", "words"),
    [
        (
            forwarding(group(BLUE_ARN, 100), group(GREEN_ARN, 0), group("arn:third", 1)),
            "another target group, arn:third",
        ),
        (forwarding(group(BLUE_ARN, 100), group(GREEN_ARN, 0), sticky=True), "stickiness is on"),
        (forwarding(group(BLUE_ARN, 100)), "the green target group is not in it"),
        ([{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}], "its actions are redirect"),
        ([], "its actions are none"),
        ([{"Type": "authenticate-oidc"}, *forwarding()], "authenticate-oidc, forward"),
    ],
)
def test_actions_that_were_changed_by_hand_read_as_no_weights_at_all(actions: Any, words: str) -> None:
    look = look_at([raw_rule(Actions=actions)], PLACE)

    assert words in look.problem
    assert not look.reads(Weights(100, 0))
    assert not look.reads(None)


def test_a_rule_at_another_priority_is_found_by_its_target_groups() -> None:
    look = look_at([raw_rule(priority="50")], PLACE)

    assert look.reads(Weights(100, 0))
    assert "its priority is 50, the settings say 100" in look.misplaced


def test_another_services_rule_that_sends_some_users_here_is_not_the_production_rule() -> None:
    actions = forwarding(group("arn:other", 90), group(BLUE_ARN, 10))

    assert not look_at([raw_rule(priority="50", Actions=actions)], PLACE).exists


def test_a_listeners_default_rule_is_never_the_production_rule() -> None:
    assert not look_at([raw_rule(priority="default", IsDefault=True)], PLACE).exists


def test_two_rules_for_one_service_are_a_problem() -> None:
    look = look_at([raw_rule(), raw_rule(priority="50", RuleArn="arn:second")], PLACE)

    assert look == RuleLook("arn:rule", None, "2 rules send traffic to the service: 100 and 50")


def changed(actions: list[dict[str, Any]], **changes: Any) -> str:
    """What is told of a rule whose actions were changed by hand."""
    look = look_at([raw_rule(Actions=actions, **changes)], PLACE)
    told, _, problem = look.problem.partition(": ")
    assert (look.arn, look.weights, told) == ("arn:rule", None, "the production rule was changed by hand")
    return problem


def test_everything_that_was_changed_in_the_actions_is_told() -> None:
    groups = [group(THIRD, 1), group("arn:fourth", 1)]

    assert changed(forwarding(*groups, sticky=True), Transforms=[{"Type": "url-rewrite"}]) == (
        "the blue and the green target group is not in it; it sends traffic to another target group, arn:third, "
        "arn:fourth; it rewrites requests; stickiness is on, which pins users to one color whatever the weights say"
    )


def test_a_forward_that_names_no_groups_sends_nothing_to_either_color() -> None:
    plain = [{"Type": "forward", "TargetGroupArn": BLUE_ARN}]

    assert changed(plain) == "the blue and the green target group is not in it"


def test_a_forward_that_says_nothing_of_stickiness_pins_nobody() -> None:
    config = {"TargetGroups": [group(BLUE_ARN, 100), group(GREEN_ARN, 0)]}

    assert look_at([raw_rule(Actions=[{"Type": "forward", "ForwardConfig": config}])], PLACE).reads(Weights(100, 0))


def test_a_path_may_be_described_in_the_older_place() -> None:
    old = raw_rule(Conditions=[{"Field": "path-pattern", "Values": ["/*"]}])

    assert look_at([old], PLACE) == RuleLook("arn:rule", Weights(100, 0))


def test_everything_that_is_misplaced_is_told() -> None:
    place = replace(PLACE, paths=("/a", "/b"))
    found = [
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/d", "/c"]}},
        {"Field": "source-ip", "Values": ["::1"]},
    ]

    assert look_at([raw_rule(priority="50", Conditions=found)], place).misplaced == (
        "its priority is 50, the settings say 100; its conditions are path-pattern /c, /d; source-ip ::1, the settings "
        "say path-pattern /a, /b"
    )


def test_a_rule_that_says_nothing_of_conditions_has_none() -> None:
    bare = {name: value for name, value in raw_rule(priority="50").items() if name != "Conditions"}

    assert "its conditions are none, the settings say" in look_at([bare], PLACE).misplaced


@pytest.mark.parametrize(
    "conditions",
    [
        [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}],
        [{"Field": "path-pattern", "Values": ["/*", "/more"]}],
        [{"Field": "host-header", "HostHeaderConfig": {"Values": ["x"]}}],
        [],
    ],
)
def test_other_conditions_than_the_settings_are_told(conditions: Any) -> None:
    look = look_at([raw_rule(Conditions=conditions)], PLACE)

    assert "the settings say path-pattern /*" in look.misplaced
    assert look.reads(Weights(100, 0))


def test_a_plain_forward_counts_with_weight_one() -> None:
    actions = forwarding(group(BLUE_ARN, None), group(GREEN_ARN, 0))

    assert look_at([raw_rule(Actions=actions)], PLACE).weights == Weights(1, 0)


def test_what_is_written_reads_back_as_it_should() -> None:
    written = raw_rule(Actions=forward(Weights(0, 100), PLACE), Conditions=conditions(PLACE))

    assert look_at([written], PLACE) == RuleLook("arn:rule", Weights(0, 100))
