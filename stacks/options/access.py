"""Settings of who among people may do what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from greenlight_cdk.people_rights import Person
from pydantic import BeforeValidator, Field, model_validator

from stacks.options.values import Allowed, Options, SettingsError, listed

Principal = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9_+=,.@/-]+)$")]
Principals = Annotated[
    tuple[Principal, ...],
    BeforeValidator(listed),
    Allowed("ARNs of IAM roles, users or accounts (...:root), as a JSON list or separated by commas"),
]


class AccessOptions(Options):
    """What AccessStack is built from."""

    access: bool = Field(
        default=False,
        description="Whether the stack GreenlightAccess is deployed: a policy for each kind of person, and a role for"
        " each kind whose principals are named below. docs/access.md says who may do what.",
    )
    access_viewers: Principals = Field(
        default=(),
        description="Who may take the viewer's role, such as the role of a permission set of IAM Identity"
        " Center. Without anybody there is the policy alone.",
    )
    access_releasers: Principals = Field(default=(), description="Who may take the releaser's role.")
    access_approvers: Principals = Field(default=(), description="Who may take the approver's role.")
    access_breakers: Principals = Field(default=(), description="Who may take the breaker's role.")

    @property
    def principals(self) -> Mapping[Person, tuple[str, ...]]:
        """Who may take the role of each kind of person."""
        return {
            "Viewer": self.access_viewers,
            "Releaser": self.access_releasers,
            "Approver": self.access_approvers,
            "Breaker": self.access_breakers,
        }

    @model_validator(mode="after")
    def _people_have_their_stack(self) -> AccessOptions:
        for person, principals in self.principals.items():
            if principals and not self.access:
                key = f"access_{person.lower()}s"
                raise SettingsError(
                    f"{key}: got {principals[0]} while access is false; allowed: nobody, or access true"
                )
        return self
