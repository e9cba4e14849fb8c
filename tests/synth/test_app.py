from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, properties, resources, text

ROOT = Path(__file__).parents[2]
SHARED_STACKS = ("GreenlightNetwork", "GreenlightRegistry", "GreenlightData", "GreenlightEdge")
COLORS: tuple[dict[str, str], ...] = ({"active_color": "blue"}, {"active_color": "green"}, {})

STATEFUL = {
    "GreenlightNetwork": {"EC2::VPC": ["NetworkVpc7FB7348F"]},
    "GreenlightRegistry": {"ECR::Repository": ["Shop563325D0"]},
    "GreenlightData": {
        "DynamoDB::Table": [
            "JournalAE8C44B2",
            "RequestsC42AC379",
            "CartsEE95721F",
            "Sessions8896A56D",
            "AccountsBE8A900E",
            "OrdersA9B65338",
            "Stock38709CBC",
        ]
    },
    "GreenlightEdge": {
        "ElasticLoadBalancingV2::LoadBalancer": ["FrontDoorLoadBalancer6A458C90"],
        "ElasticLoadBalancingV2::Listener": ["FrontDoorLoadBalancerListenerFB3ADAB6"],
        "ElasticLoadBalancingV2::TargetGroup": ["ShopBlue2F5CF845", "ShopGreen8AA07C89"],
        "SecretsManager::Secret": ["PreviewSecretB10C722C"],
    },
}
"""A changed logical id replaces the resource: its data, its name in DNS, or the targets behind it."""


def _run(tmp_path: Path, **flags: object) -> subprocess.CompletedProcess[str]:
    """Run the app as the CDK CLI does, with flags as `-c` gives them."""
    environment = {**os.environ, "CDK_CONTEXT_JSON": json.dumps(flags), "CDK_OUTDIR": str(tmp_path / "cdk.out")}
    return subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("compute", ["ec2", "fargate"])
def test_only_the_release_stack_knows_which_color_is_asked_for(synthesize: Synthesize, compute: str) -> None:
    variants = [
        {
            name: text(template)
            for name, template in synthesize(compute=compute, **flags).items()
            if name != "GreenlightRelease"
        }
        for flags in COLORS
    ]

    assert variants[0] == variants[1] == variants[2]


@pytest.mark.parametrize("compute", ["ec2", "fargate"])
def test_no_template_holds_a_weight(synthesize: Synthesize, compute: str) -> None:
    routing = [
        resource
        for template in synthesize(compute=compute, active_color="green").values()
        for kind in ("Listener", "ListenerRule")
        for resource in properties(template, f"ElasticLoadBalancingV2::{kind}")
    ]

    assert routing
    assert "Weight" not in json.dumps(routing)


def test_what_holds_state_keeps_its_logical_id(synthesize: Synthesize) -> None:
    templates = synthesize()

    found = {
        stack: {kind: list(resources(templates[stack], kind)) for kind in kinds} for stack, kinds in STATEFUL.items()
    }
    assert found == STATEFUL


@pytest.mark.parametrize(("compute", "stack"), [("ec2", "GreenlightEc2Host"), ("fargate", "GreenlightFargate")])
def test_the_compute_stack_is_the_one_asked_for(synthesize: Synthesize, compute: str, stack: str) -> None:
    assert set(synthesize(compute=compute)) == {*SHARED_STACKS, stack, "GreenlightSwitch", "GreenlightRelease"}


def test_a_stack_cannot_be_deleted_under_another_that_uses_it(synthesize: Synthesize) -> None:
    templates = synthesize()

    assert "Fn::ImportValue" in text(templates["GreenlightEdge"])
    assert not any("Fn::GetStackOutput" in text(template) for template in templates.values())


def test_shared_stacks_need_no_function_of_the_cdk_s_own(synthesize: Synthesize) -> None:
    templates = synthesize()

    shared = [resource for stack in SHARED_STACKS for resource in templates[stack]["Resources"].values()]
    functions = [each["Properties"] for each in shared if each["Type"] == "AWS::Lambda::Function"]
    assert {function["Runtime"] for function in functions} == {"python3.14"}
    assert {each["Type"] for each in shared if each["Type"].startswith(("Custom::", "AWS::CloudFormation::"))} == {
        "Custom::GreenlightSettingsGuard",
        "Custom::GreenlightDeletionProtection",
        "Custom::GreenlightPreviewKeys",
        "Custom::GreenlightKeptListener",
    }


def test_tags_reach_what_is_paid_for(synthesize: Synthesize) -> None:
    templates = synthesize(tags="team=shop,stage=test")

    def tags_of(template: Template, kind: str) -> list[dict[str, str]]:
        return [tag for each in properties(template, kind) for tag in each["Tags"]]

    for stack, kind in (("Edge", "ElasticLoadBalancingV2::LoadBalancer"), ("Network", "EC2::VPC")):
        tags = tags_of(templates[f"Greenlight{stack}"], kind)
        assert {"Key": "team", "Value": "shop"} in tags
        assert {"Key": "stage", "Value": "test"} in tags


@pytest.mark.parametrize(
    ("flag", "value", "line"),
    [
        ("active_colour", "green", "greenlight: unknown setting active_colour ('green'); did you mean active_color?"),
        (
            "active_color",
            "purple",
            "greenlight: active_color: got 'purple'; allowed: blue or green; leave it out to keep what is live",
        ),
    ],
)
def test_a_refused_setting_ends_in_one_line(tmp_path: Path, flag: str, value: str, line: str) -> None:
    ran = _run(tmp_path, **{flag: value})

    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", f"{line}\n")


def test_the_whole_app_passes_every_check_of_a_real_synth(tmp_path: Path) -> None:
    ran = _run(tmp_path)

    assert ran.returncode == 0, ran.stderr
