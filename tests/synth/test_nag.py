from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from aws_cdk import Acknowledgment, App, Stack
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks
from constructs import IConstruct
from greenlight_cdk.acknowledge import acknowledge

from app import build, committed_context
from tests.pipeline_settings import PIPELINE
from tests.strict_settings import STRICT
from tests.synth.conftest import FAIL_AT_SYNTH

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0f5a7d3e-9c1b-4a52-8d3e-2b1c0a9f8e7d"
Pack = AwsSolutionsChecks | NIST80053R5Checks
PACKS: dict[type[Pack], str] = {AwsSolutionsChecks: "AwsSolutions-", NIST80053R5Checks: "NIST.800.53.R5-"}
VARIANTS: dict[str, dict[str, str]] = {
    "ec2": {},
    "ec2 behind nat": {"nat_gateways": "1", "ssh_cidr": "203.0.113.7/32"},
    "fargate": {"compute": "fargate"},
    "tls": {"certificate_arn": CERTIFICATE, "domain_name": "shop.example.com"},
    "no firewall": {"waf": "false"},
    "people preview": {"preview_cidrs": "203.0.113.0/24"},
    "people preview with tls": {
        "preview_cidrs": "203.0.113.0/24",
        "certificate_arn": CERTIFICATE,
        "domain_name": "shop.example.com",
    },
    "pipeline": {**PIPELINE},
    "feature flags": {"shop.feature_flags": "true"},
    "backups": {"backup_days": "90"},
}


@dataclass
class Recorder:
    """Stands in for the CDK's `Validations`: takes acknowledgements down, and acknowledges nothing."""

    taken: list[tuple[str, str]] = field(default_factory=list)
    path: str = ""

    def of(self, construct: IConstruct) -> Recorder:
        self.path = construct.node.path
        return self

    def acknowledge(self, acknowledgment: Acknowledgment) -> None:
        self.taken.append((self.path, acknowledgment.id))


def _findings(app: App, pack: type[Pack] = AwsSolutionsChecks) -> list[tuple[str, str]]:
    """Return the path and the rule of everything that a pack of cdk-nag objects to.

    Synthesized first: only then are references between stacks the imports that findings name at `cdk synth`.
    """
    app.synth()
    return [
        (str(resource.construct_path), finding.rule_name)
        for finding in pack(app).validate_scope(app).violations
        for resource in finding.violating_resources
    ]


@pytest.mark.parametrize("flags", VARIANTS.values(), ids=VARIANTS)
def test_no_finding_of_the_aws_solutions_rules_is_unanswered(built: Callable[..., App], flags: dict[str, str]) -> None:
    found = _findings(built(**flags))

    assert not found, "\n".join(f"{rule} at {path}" for path, rule in found)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.__name__)
@pytest.mark.parametrize("compute", ["ec2", "fargate"])
def test_no_finding_of_either_pack_is_unanswered_with_strict(
    built: Callable[..., App], compute: str, pack: type[Pack]
) -> None:
    found = _findings(built(compute=compute, preview_cidrs="203.0.113.0/24", **PIPELINE, **STRICT), pack)

    assert not found, "\n".join(f"{rule} at {path}" for path, rule in found)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.__name__)
@pytest.mark.parametrize("compute", ["ec2", "fargate"])
def test_every_acknowledgement_answers_a_finding_that_is_there(
    monkeypatch: pytest.MonkeyPatch, compute: str, pack: type[Pack]
) -> None:
    recorder = Recorder()
    monkeypatch.setattr("greenlight_cdk.acknowledge.Validations", recorder)
    app = App(context={**committed_context(), FAIL_AT_SYNTH: False, "compute": compute, **PIPELINE, **STRICT})
    build(app)

    found = _findings(app, pack)

    answers = [(path, rule) for path, rule in recorder.taken if rule.startswith(PACKS[pack])]
    assert answers
    idle = [
        answer for answer in answers if not any(answer[1] == rule and at.startswith(answer[0]) for at, rule in found)
    ]
    assert not idle, "\n".join(f"{rule} at {path}" for path, rule in idle)


def test_a_reason_too_short_to_be_one_is_refused() -> None:
    stack = Stack(App(), "Stack")

    with pytest.raises(ValueError, match="got 'not needed'; allowed: 40 characters or more"):
        acknowledge(stack, "AwsSolutions-S1", "not needed")
