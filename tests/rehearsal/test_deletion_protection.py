"""The real GreenlightEdge in a local cloud that refuses to delete a protected load balancer, as ELBv2 does."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from aws_cdk import App
from botocore.exceptions import ClientError

from stacks.edge import EdgeStack
from stacks.network import NetworkStack
from stacks.settings import Settings
from tests.rehearsal.local_cloud import started
from tests.rehearsal.real_stacks import RealStacks

pytestmark = pytest.mark.rehearsal

NETWORK, EDGE = "GreenlightNetwork", "GreenlightEdge"


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStacks]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "lambda_functions", "cloudformation", "elbv2") as cloud:
        stacks = RealStacks(cloud, build)
        stacks.upload_code()
        assert stacks.deploy(NETWORK) == "CREATE_COMPLETE"
        yield stacks


def build(app: App, settings: Settings) -> None:
    EdgeStack(app, EDGE, settings=settings, network=NetworkStack(app, NETWORK, settings=settings))


PROTECTION = "Custom::GreenlightDeletionProtection"


def fail(template: dict[str, Any], *, after_protection: bool) -> None:
    """Add a resource that fails after all others but the protection, or after that too."""
    listener = next(n for n, r in template["Resources"].items() if r["Type"].endswith("V2::Listener"))
    template["Resources"]["Failing"] = {
        "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
        "Properties": {
            "ListenerArn": {"Ref": listener},
            "Priority": 10,
            "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/taken"]}}],
            "Actions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}],
        },
        "DependsOn": [name for name, r in template["Resources"].items() if after_protection or r["Type"] != PROTECTION],
    }
    if not after_protection:
        (protection,) = (r for r in template["Resources"].values() if r["Type"] == PROTECTION)
        protection["DependsOn"].append("Failing")


def balancers(stacks: RealStacks) -> list[str]:
    found = stacks.cloud.client("elbv2").describe_load_balancers()["LoadBalancers"]
    return [balancer["LoadBalancerArn"] for balancer in found]


@pytest.mark.parametrize("after_protection", [False, True])
def test_a_first_deploy_that_fails_leaves_nothing_behind(stacks: RealStacks, after_protection: bool) -> None:
    assert stacks.deploy(EDGE, partial(fail, after_protection=after_protection)) == "ROLLBACK_COMPLETE"

    assert "riority" in stacks.reasons(EDGE)[-1]
    assert balancers(stacks) == []
    stacks.delete(EDGE)
    assert stacks.is_gone(EDGE)


def test_without_protection_the_stack_is_deleted(stacks: RealStacks) -> None:
    assert stacks.deploy(EDGE, deletion_protection=False) == "CREATE_COMPLETE"
    assert balancers(stacks)

    stacks.delete(EDGE)

    assert stacks.is_gone(EDGE)
    assert balancers(stacks) == []


def test_a_protected_load_balancer_is_kept_and_says_how_to_delete_it(stacks: RealStacks) -> None:
    assert stacks.deploy(EDGE) == "CREATE_COMPLETE"
    (arn,) = balancers(stacks)
    with pytest.raises(ClientError, match="deletion protection is enabled"):
        stacks.cloud.client("elbv2").delete_load_balancer(LoadBalancerArn=arn)

    stacks.delete(EDGE)

    assert stacks.ended(EDGE) == "DELETE_FAILED"
    assert any(f"--load-balancer-arn {arn}" in reason for reason in stacks.reasons(EDGE))
    assert balancers(stacks) == [arn]
