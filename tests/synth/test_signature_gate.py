"""The signature gate in the templates: the guard may ask, and knows which profile is asked for, if that is wanted."""

from __future__ import annotations

import json

import pytest
from traffic_switch.contract import CONFIG_VARIABLE

from tests.synth.conftest import Synthesize
from tests.synth.test_scan_gate import COMPUTE, actions, guard, statements

ASKS = "ecr:DescribeImageSigningStatus"


@pytest.mark.parametrize("compute", sorted(COMPUTE))
def test_the_guard_is_told_which_profile_of_this_account_is_asked_for(synthesize: Synthesize, compute: str) -> None:
    template = synthesize(compute=compute, scan_gate="high", signature_gate="images")[COMPUTE[compute]]

    config = json.dumps(guard(template)["Environment"]["Variables"][CONFIG_VARIABLE])
    assert '"required_profile":"arn:' in config.replace("\\", "")
    assert ":/signing-profiles/images" in config
    assert '{"Ref": "AWS::AccountId"}' in config


def test_signatures_are_asked_for_in_the_services_own_repositories_alone(synthesize: Synthesize) -> None:
    template = synthesize(scan_gate="high", signature_gate="images")[COMPUTE["ec2"]]
    (asking,) = (each for each in statements(template) if ASKS in actions(each))

    assert "Shop" in json.dumps(asking["Resource"])
    assert "*" not in json.dumps(asking["Resource"])


@pytest.mark.parametrize("compute", sorted(COMPUTE))
def test_nothing_of_it_is_there_by_default(synthesize: Synthesize, compute: str) -> None:
    template = synthesize(compute=compute)[COMPUTE[compute]]

    assert "required_profile" not in json.dumps(guard(template)["Environment"])
    assert ASKS not in {action for each in statements(template) for action in actions(each)}
