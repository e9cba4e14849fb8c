"""The preview header's values in a local cloud with IAM: made, rotated, left alone by deploys, and upgraded to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import App
from traffic_switch.contract import PREVIEW_HEADER, PREVIEW_STAGE

from stacks.edge import EdgeStack
from stacks.network import NetworkStack
from stacks.settings import Settings
from tests.rehearsal.local_cloud import started
from tests.rehearsal.real_stacks import RealStacks

pytestmark = pytest.mark.rehearsal

NETWORK, EDGE = "GreenlightNetwork", "GreenlightEdge"
QUICK: dict[str, Any] = {"confirm_deadline_seconds": 1}
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
NAMES = ["shop-blue", "shop-green"]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStacks]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "lambda_functions", "cloudformation", "elbv2") as cloud:
        stacks = RealStacks(cloud, build)
        stacks.upload_code()
        assert stacks.deploy(NETWORK) == "CREATE_COMPLETE"
        yield stacks


@pytest.fixture
def stacks(cloud: RealStacks) -> Iterator[RealStacks]:
    """A cloud whose edge is deployed by the test, and goes with it."""
    yield cloud
    cloud.deploy(EDGE, tagged("last"), deletion_protection=False, **QUICK)
    cloud.delete(EDGE)
    assert cloud.is_gone(EDGE)


def build(app: App, settings: Settings) -> None:
    EdgeStack(app, EDGE, settings=settings, network=NetworkStack(app, NETWORK, settings=settings))


def tagged(value: str) -> Any:
    """A change of each preview rule, so that CloudFormation writes it."""

    def change(template: dict[str, Any]) -> None:
        for rule in rules_in(template):
            rule["Tags"].append({"Key": "changed", "Value": value})

    return change


def rules_in(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == RULE]


def as_before(template: dict[str, Any]) -> None:
    """The edge of the version before: one secret for both colors, and no function that rotates."""
    gone = {name for name in template["Resources"] if name.startswith("PreviewKeys")}
    for name in gone:
        del template["Resources"][name]
    for each in template["Resources"].values():
        each["DependsOn"] = [name for name in each.get("DependsOn", []) if name not in gone]
    outputs = template["Outputs"]
    template["Outputs"] = {name: each for name, each in outputs.items() if "PreviewKeys" not in json.dumps(each)}
    (secret,) = (name for name in template["Resources"] if name.startswith("PreviewSecret"))
    for color, rule in zip(("blue", "green"), rules_in(template), strict=True):
        value = {"Fn::Join": ["", [color + "-{{resolve:secretsmanager:", {"Ref": secret}, ":SecretString:::}}"]]}
        rule["Conditions"][0]["HttpHeaderConfig"]["Values"] = [value]
        rule["Conditions"].append({"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}})


def failing(template: dict[str, Any]) -> None:
    """A last resource that cannot be made."""
    others = list(template["Resources"])
    listener = next(n for n, r in template["Resources"].items() if r["Type"].endswith("V2::Listener"))
    template["Resources"]["Failing"] = {
        "Type": RULE,
        "Properties": {
            "ListenerArn": {"Ref": listener},
            "Priority": 10,
            "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/taken"]}}],
            "Actions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}],
        },
        "DependsOn": others,
    }


def accepted(stacks: RealStacks, port: int = 80) -> dict[str, list[str]]:
    """The values of the preview header by the ARN of the rule that accepts them."""
    elb = stacks.cloud.client("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    (listener,) = (each for each in listeners if each["Port"] == port)
    return {
        rule["RuleArn"]: each["HttpHeaderConfig"]["Values"]
        for rule in elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
        for each in rule["Conditions"]
        if "HttpHeaderConfig" in each
    }


def secret_value(stacks: RealStacks, label: str) -> str:
    client = stacks.cloud.client("secretsmanager")
    (secret,) = client.list_secrets()["SecretList"]
    return str(client.get_secret_value(SecretId=secret["ARN"], VersionStage=label)["SecretString"])


def told(stacks: RealStacks) -> dict[str, str]:
    """What the secret says."""
    found: dict[str, str] = json.loads(secret_value(stacks, PREVIEW_STAGE))
    return found


def wanted(stacks: RealStacks) -> list[list[str]]:
    keys = told(stacks)
    return [[keys[name], keys[f"{name}-previous"]] for name in NAMES]


def rotate(stacks: RealStacks, function: str = "PreviewFunctionName") -> tuple[dict[str, Any], str]:
    """Call the function as the command does: what it answered, and the kind of its error."""
    described = stacks.cloud.client("cloudformation").describe_stacks(StackName=EDGE)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}
    reply = stacks.cloud.client("lambda").invoke(
        FunctionName=outputs[function], Payload=json.dumps({"rotate": True}).encode()
    )
    return json.loads(reply["Payload"].read()), reply.get("FunctionError", "")


def test_a_rotation_is_not_undone_by_a_deploy_that_writes_the_rules(stacks: RealStacks) -> None:
    assert stacks.deploy(EDGE, **QUICK) == "CREATE_COMPLETE"
    before = accepted(stacks)
    assert list(before.values()) == wanted(stacks)

    answer, error = rotate(stacks)

    assert not error, answer
    assert answer["rotated"] == NAMES
    after = accepted(stacks)
    assert list(after.values()) == wanted(stacks)
    assert [values[1] for values in after.values()] == [values[0] for values in before.values()]
    assert not any(value in json.dumps(answer) for values in after.values() for value in values)

    assert stacks.deploy(EDGE, tagged("once"), **QUICK) == "UPDATE_COMPLETE"
    assert accepted(stacks) == after


def test_a_rule_without_the_preview_tag_cannot_be_changed(stacks: RealStacks) -> None:
    """Not even one that looks like a preview rule: production's has no such tag."""
    assert stacks.deploy(EDGE, **QUICK) == "CREATE_COMPLETE"
    elb = stacks.cloud.client("elbv2")
    (preview, *_) = accepted(stacks)
    header = {"HttpHeaderName": PREVIEW_HEADER, "Values": ["shop-blue-guess"]}
    elb.create_rule(
        ListenerArn=preview.replace(":listener-rule/", ":listener/").rpartition("/")[0],
        Priority=100,
        Conditions=[{"Field": "http-header", "HttpHeaderConfig": header}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )

    answer, error = rotate(stacks)

    assert error
    assert "not authorized to perform: elasticloadbalancing:ModifyRule" in answer["errorMessage"]


def test_an_upgrade_keeps_the_rules_and_can_be_rolled_back(stacks: RealStacks) -> None:
    assert stacks.deploy(EDGE, as_before, **QUICK) == "CREATE_COMPLETE"
    before, secret = accepted(stacks), secret_value(stacks, "AWSCURRENT")

    assert stacks.deploy(EDGE, failing, **QUICK) == "UPDATE_ROLLBACK_COMPLETE"
    assert accepted(stacks) == before

    assert stacks.deploy(EDGE, **QUICK) == "UPDATE_COMPLETE"
    assert list(accepted(stacks)) == list(before)
    assert list(accepted(stacks).values()) == wanted(stacks)
    assert secret_value(stacks, "AWSCURRENT") == secret


def test_people_have_values_of_their_own_on_their_own_port(stacks: RealStacks) -> None:
    assert stacks.deploy(EDGE, **QUICK) == "CREATE_COMPLETE"
    before = accepted(stacks)

    assert stacks.deploy(EDGE, preview_cidrs="203.0.113.0/24", **QUICK) == "UPDATE_COMPLETE"

    assert accepted(stacks) == before
    people = accepted(stacks, 8080)
    assert [value.rpartition("-")[0] for value, _ in people.values()] == [f"{name}-people" for name in NAMES]

    answer, error = rotate(stacks, "PeoplePreviewFunctionName")
    assert not error, answer
    assert [values[1] for values in accepted(stacks, 8080).values()] == [values[0] for values in people.values()]
    assert accepted(stacks) == before

    assert stacks.deploy(EDGE, **QUICK) == "UPDATE_COMPLETE"
    assert accepted(stacks) == before


def test_a_service_that_comes_gets_values_and_the_first_one_keeps_its_own(stacks: RealStacks) -> None:
    assert stacks.deploy(EDGE, **QUICK) == "CREATE_COMPLETE"
    before = accepted(stacks)
    shop = {"blue_version": "1.0.0", "green_version": "1.0.0", "source": "services/shop"}
    report = {**shop, "priority": 98, "paths": ["/report"], "blue_port": 4000, "green_port": 4001}

    assert stacks.deploy(EDGE, services={"shop": shop, "report": report}, **QUICK) == "UPDATE_COMPLETE"

    after = accepted(stacks)
    assert len(after) == 4
    assert {arn: after[arn] for arn in before} == before
