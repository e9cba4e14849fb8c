"""The way in to the colors for people: a port that named networks reach, with secrets that lead nowhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.strict_settings import CERTIFICATE, DOMAIN
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, properties, resources, text

NETWORKS = "203.0.113.0/24,198.51.100.7/32"
TLS = {"certificate_arn": CERTIFICATE, "domain_name": DOMAIN}
LISTENER, RULE = "ElasticLoadBalancingV2::Listener", "ElasticLoadBalancingV2::ListenerRule"


@pytest.fixture(params=[{}, TLS], ids=["http", "https"])
def flags(request: pytest.FixtureRequest) -> dict[str, str]:
    return {"preview_cidrs": NETWORKS, **request.param}


def listener(edge: Template) -> tuple[str, dict[str, Any]]:
    """The one for people: logical id and properties."""
    ((name, found),) = (
        (name, each["Properties"])
        for name, each in resources(edge, LISTENER).items()
        if each["Properties"]["Port"] not in (80, 443)
    )
    return name, found


def test_the_port_is_open_to_the_named_networks_alone(synthesize: Synthesize, flags: dict[str, str]) -> None:
    templates = synthesize(**flags)
    _, found = listener(templates["GreenlightEdge"])
    admitted = {
        rule["CidrIp"]
        for group in properties(templates["GreenlightNetwork"], "EC2::SecurityGroup")
        for rule in group.get("SecurityGroupIngress", [])
        if rule["FromPort"] == found["Port"]
    }

    assert admitted == set(NETWORKS.split(","))


@pytest.mark.parametrize(("tls", "port", "protocol"), [({}, 8080, "HTTP"), (TLS, 8443, "HTTPS")])
def test_people_speak_tls_when_there_is_a_certificate(
    synthesize: Synthesize, tls: dict[str, str], port: int, protocol: str
) -> None:
    _, found = listener(synthesize(preview_cidrs=NETWORKS, **tls)["GreenlightEdge"])

    assert (found["Port"], found["Protocol"]) == (port, protocol)
    assert found.get("Certificates") == ([{"CertificateArn": CERTIFICATE}] if tls else None)


def test_without_the_header_nobody_gets_anything_there(synthesize: Synthesize, flags: dict[str, str]) -> None:
    _, found = listener(synthesize(**flags)["GreenlightEdge"])

    (action,) = found["DefaultActions"]
    assert (action["Type"], action["FixedResponseConfig"]["StatusCode"]) == ("fixed-response", "404")


def test_what_people_hold_opens_nothing_on_the_ports_of_production(
    synthesize: Synthesize, flags: dict[str, str]
) -> None:
    edge = synthesize(**flags)["GreenlightEdge"]
    name, _ = listener(edge)
    accepted = {
        (secret, rule["ListenerArn"] == {"Ref": name})
        for rule in properties(edge, RULE)
        for secret in resources(edge, "SecretsManager::Secret")
        if secret in text(rule["Conditions"])
    }
    (people,) = (secret for secret in resources(edge, "SecretsManager::Secret") if secret.startswith("People"))

    assert len(properties(edge, RULE)) == 4
    assert {on_peoples for secret, on_peoples in accepted if secret == people} == {True}
    assert {on_peoples for secret, on_peoples in accepted if secret != people} == {False}


def test_no_function_of_the_switch_may_read_what_people_hold(synthesize: Synthesize, flags: dict[str, str]) -> None:
    switch = synthesize(**flags)["GreenlightSwitch"]
    reach = [resources(switch, kind) for kind in ("IAM::Policy", "Lambda::Function")]

    assert all(reach)
    assert "PeoplePreview" not in json.dumps(reach)


def test_left_out_there_is_no_such_port_and_no_such_secret(synthesize: Synthesize) -> None:
    templates = synthesize()

    assert "People" not in text(templates["GreenlightEdge"])
    assert "preview" not in text(templates["GreenlightNetwork"]).lower()
