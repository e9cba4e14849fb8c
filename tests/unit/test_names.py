from __future__ import annotations

from itertools import permutations

import pytest
from greenlight_cdk.names import STACK_KINDS, Names
from traffic_switch.contract import Color, alarm_names

PRODUCTION, STAGING = Names(), Names("staging")


def names_of(stage: Names) -> set[str]:
    """Every name that Greenlight gives, for a service `shop`."""
    return {
        *map(stage.stack, STACK_KINDS),
        stage.repository("shop"),
        stage.build_cache("shop"),
        stage.feature_flags("shop"),
        *(stage.running_tag(color) for color in Color),
        *(stage.declared_image("shop", color) for color in Color),
        stage.run_document,
        stage.pipeline,
        stage.firewall_metric,
        stage.topic_title,
        *(name for color in Color for name in alarm_names(stage.alarm_prefix, "shop", color)),
    }


def test_productions_names_are_those_that_are_deployed() -> None:
    assert names_of(PRODUCTION) == {
        "GreenlightKey",
        "greenlight-shop",
        "GreenlightNetwork",
        "GreenlightRegistry",
        "GreenlightData",
        "GreenlightEdge",
        "GreenlightEc2Host",
        "GreenlightFargate",
        "GreenlightSwitch",
        "GreenlightRelease",
        "GreenlightAccess",
        "GreenlightGithub",
        "GreenlightGovernance",
        "GreenlightPipeline",
        "greenlight/shop",
        "greenlight.cache/shop",
        "live-blue",
        "live-green",
        "/greenlight/shop/blue",
        "/greenlight/shop/green",
        "Greenlight-RunColor",
        "WebAcl",
        "Greenlight releases",
        "GreenlightSwitch-shop-blue-errors",
        "GreenlightSwitch-shop-blue-latency",
        "GreenlightSwitch-shop-green-errors",
        "GreenlightSwitch-shop-green-latency",
    }


def test_every_name_of_a_stage_is_its_own() -> None:
    assert len(names_of(STAGING)) == len(names_of(PRODUCTION))
    assert not names_of(STAGING) & names_of(PRODUCTION)


def test_no_kind_of_stack_ends_as_another_so_that_no_stage_can_take_its_name() -> None:
    lowered = [kind.lower() for kind in STACK_KINDS]

    assert not [(one, other) for one, other in permutations(lowered, 2) if one.endswith(other)]


def test_a_prefix_that_covers_productions_names_covers_no_stage() -> None:
    for name in (STAGING.repository("shop"), STAGING.declared_image("shop", Color.BLUE)):
        assert not name.lstrip("/").startswith("greenlight/")
    assert not STAGING.build_cache("shop").startswith(PRODUCTION.build_cache(""))


@pytest.mark.parametrize(("stage", "stack"), [("staging", "GreenlightStagingEdge"), ("a-team", "GreenlightATeamEdge")])
def test_a_stack_is_named_after_its_stage(stage: str, stack: str) -> None:
    assert Names(stage).stack("Edge") == stack


def test_the_lengths_are_those_of_names_that_the_stage_has() -> None:
    given = {length.name for length in STAGING.lengths(len("shop"))}

    assert given <= {name.replace("shop", "ssss") for name in names_of(STAGING)}
