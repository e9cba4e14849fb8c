"""What a role's trust policy may ask of GitHub's token, beside its audience and subject.

IAM user guide, "Available keys for AWS OIDC federation" (reference_policies_iam-condition-keys.html), since January
2026 (aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims). ministack
compares `aud`, `sub` and `amr` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import cognito, sts

from greenlight.rehearsal.cloud.requirement import require

GITHUB = "token.actions.githubusercontent.com"
CLAIMS = (
    *("actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref"),
    *("ref", "repository", "repository_id", "workflow"),
)

Principal = Callable[[str, str, str], tuple[str, dict[str, Any]]]


def install() -> None:
    """Compare what AWS compares of GitHub's claims."""
    require(cognito, "_decode_id_token_unverified")
    sts._web_identity_principal = _with_claims(require(sts, "_web_identity_principal"))


def _with_claims(principal: Principal) -> Principal:
    def found(token: str, provider_id: str, role_arn: str) -> tuple[str, dict[str, Any]]:
        provider, keys = principal(token, provider_id, role_arn)
        if not provider.endswith(f"/{GITHUB}"):
            return provider, keys
        claims = cognito._decode_id_token_unverified(token)
        return provider, {**keys, **{f"{GITHUB}:{name}": claims[name] for name in CLAIMS if name in claims}}

    return found
