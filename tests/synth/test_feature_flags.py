"""Feature flags in the templates: what is made for a service that has them, and who may read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from greenlight_cdk.service_flags import READ

from tests.synth.compute import listed, policy_statements
from tests.synth.conftest import Synthesize
from tests.synth.service_tables import OWN_TABLES
from tests.synth.templates import Template, properties, text

STACKS = {"ec2": "GreenlightEc2Host", "fargate": "GreenlightFargate"}
ROLES = {"ec2": "HostColorRoles{}{}", "fargate": "{}{}TaskRole"}
FLAGGED: Mapping[str, Any] = {
    name: {**service, "feature_flags": True} for name, service in json.loads(OWN_TABLES).items()
}


def _rights(template: Template, role: str) -> list[tuple[set[str], str]]:
    """What a role may do with AppConfig, and where."""
    return [
        (set(listed(each["Action"])), json.dumps(each["Resource"]))
        for each in policy_statements(template, role)
        if any(action.startswith("appconfig:") for action in listed(each["Action"]))
    ]


@pytest.mark.parametrize("compute", STACKS)
def test_a_service_that_does_not_ask_for_flags_has_none(synthesize: Synthesize, compute: str) -> None:
    templates = synthesize(compute=compute).values()

    assert not any("AppConfig" in text(each) or "appconfig" in text(each) for each in templates)


def test_flags_are_kept_in_a_profile_of_their_type_and_are_in_no_template(synthesize: Synthesize) -> None:
    data = synthesize(**{"shop.feature_flags": "true"})["GreenlightData"]

    (profile,) = properties(data, "AppConfig::ConfigurationProfile")
    assert (profile["Type"], profile["LocationUri"]) == ("AWS.AppConfig.FeatureFlags", "hosted")
    assert not properties(data, "AppConfig::HostedConfigurationVersion")
    assert not properties(data, "AppConfig::Deployment")
    assert [each["Name"] for each in properties(data, "AppConfig::Application")] == ["greenlight-shop"]


@pytest.mark.parametrize("compute", STACKS)
def test_a_color_reads_the_flags_of_its_own_service_and_changes_none(synthesize: Synthesize, compute: str) -> None:
    template = synthesize(compute=compute, services=json.dumps(FLAGGED))[STACKS[compute]]

    for service, other in (("Shop", "Report"), ("Report", "Shop")):
        for color in ("Blue", "Green"):
            ((actions, resource),) = _rights(template, ROLES[compute].format(service, color))
            assert actions == set(READ)
            assert f"{service}Flags" in resource
            assert f"{other}Flags" not in resource
            assert "*" not in resource


@pytest.mark.parametrize("compute", STACKS)
def test_a_color_is_told_where_its_flags_are(synthesize: Synthesize, compute: str) -> None:
    told = text(synthesize(compute=compute, **{"shop.feature_flags": "true"})[STACKS[compute]])

    assert told.count("FLAGS_APPCONFIG") == {"ec2": 1, "fargate": 2}[compute]


def test_the_flags_of_a_stage_have_its_name(synthesize: Synthesize) -> None:
    stages = json.dumps({"staging": {"services": FLAGGED, "vpc_cidr": "10.30.0.0/16"}})

    data = synthesize(stages=stages, stage="staging")["GreenlightStagingData"]

    assert {each["Name"] for each in properties(data, "AppConfig::Application")} == {
        "greenlight-staging-shop",
        "greenlight-staging-report",
    }
