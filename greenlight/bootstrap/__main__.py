"""Writes docs/bootstrap/: `python -m greenlight.bootstrap`, after the templates have got a type or a permission more.

Nothing else imports this module but its test: importing the CDK starts Node.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aws_cdk import App

from app import build, committed_context
from greenlight.bootstrap.policy import boundary, execution_policies, types_of
from greenlight.project import CHECKOUT

FOLDER = CHECKOUT / "docs" / "bootstrap"
ACCOUNT = "123456789012"
CONNECTION = "0f5bdf4e-5b1e-4b5c-9d3a-1f0c8a9e7d21"
EVERYTHING: Mapping[str, Any] = {
    "access": True,
    **{f"access_{person}s": f"arn:aws:iam::{ACCOUNT}:root" for person in ("viewer", "releaser", "approver", "breaker")},
    "certificate_arn": f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/0f5bdf4e-5b1e-4b5c-9d3a-1f0c8a9e7d21",
    "shop.feature_flags": True,
    "domain_name": "shop.example.com",
    "docker_hub_secret_arn": f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:ecr-pullthroughcache/hub-a1b2c3",
    "backup_days": 365,
    "build_cache": True,
    "github_repository": "example/shop",
    "nat_gateways": 1,
    "notify_email": "ops@example.com",
    "pipeline_branch": "main",
    "pipeline_connection_arn": f"arn:aws:codeconnections:eu-west-1:{ACCOUNT}:connection/{CONNECTION}",
    "pipeline_repository": "example/shop",
    "pull_accounts": "210987654321",
    "pull_through_cache": "docker-hub,ecr-public,k8s,quay",
    "scan_gate": "high",
    "signature_gate": "greenlight_images",
    "signing_profile": "greenlight_images",
}
"""Settings with which the templates have whatever they can have."""
STRICT: Mapping[str, Any] = {
    "security": "strict",
    "egress": "0.0.0.0/0:443",
    "log_retention_days": 365,
    "flow_log_retention_days": 365,
}
SHAPES = tuple({**EVERYTHING, **more, "compute": compute} for compute in ("ec2", "fargate") for more in ({}, STRICT))


def documents() -> dict[str, str]:
    """The text of each policy by the name of its file, without `.json`."""
    templates = [template for shape in SHAPES for template in _templates(shape)]
    policies = {"boundary": boundary(templates)}
    for number, policy in enumerate(execution_policies(types_of(templates)), 1):
        policies[f"execution-{number}"] = policy
    return {name: json.dumps(policy, indent=2) + "\n" for name, policy in policies.items()}


def _templates(shape: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The templates that the bootstrap deploys; what an administrator deploys needs nothing of it."""
    declared = committed_context()
    app = App(context={**declared, **shape})
    build(app, declared)
    yield from (stack.template for stack in app.synth().stacks if stack.assume_role_arn)


def main() -> None:
    """Write each policy, and drop those that are needed no more."""
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.glob("*.json"):
        file.unlink()
    for name, text in documents().items():
        (FOLDER / f"{name}.json").write_text(text)


if __name__ == "__main__":
    main()
