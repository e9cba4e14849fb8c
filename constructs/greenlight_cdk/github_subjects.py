"""Who GitHub says that a workflow's job is: the subject of its token, for each duty. Pure.

GitHub guide, "OpenID Connect reference", and its changelog of 2026-04-23, "Immutable subject claims".
"""

from __future__ import annotations

from dataclasses import dataclass

from greenlight_cdk.delivery_rights import Duty

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"


@dataclass(frozen=True)
class Workflows:
    """Where the workflows are that deliver.

    `repository` is `owner/name`. With both ids a subject has them too, so that a name which somebody else takes later
    is another subject: so it is in repositories that were made or renamed since July 2026, or that opted in.
    """

    repository: str
    owner_id: int | None
    repository_id: int | None
    branch: str
    environment: str

    def subjects(self, duty: Duty) -> tuple[str, ...]:
        """The subjects that a duty's role trusts, each in full.

        A plan is made for a pull request, and again on the branch before a release, which is recorded there too.
        """
        branch = f"ref:refs/heads/{self.branch}"
        contexts = {
            "Push": (branch,),
            "Plan": ("pull_request", branch),
            "Release": (f"environment:{self.environment}",),
        }
        return tuple(f"repo:{self._named()}:{context}" for context in contexts[duty])

    def claims(self, duty: Duty) -> dict[str, str]:
        """Which other claims of a token have to be so: an environment can be asked for from any branch or tag.

        AWS compares `ref` since January 2026 (IAM guide, "Available keys for AWS OIDC federation"; what's new, "AWS STS
        now supports validation of select identity provider specific claims"). The subject of other duties has it.
        """
        return {"ref": f"refs/heads/{self.branch}"} if duty == "Release" else {}

    def _named(self) -> str:
        owner, _, name = self.repository.partition("/")
        if self.owner_id is None or self.repository_id is None:
            return f"{owner}/{name}"
        return f"{owner}@{self.owner_id}/{name}@{self.repository_id}"
