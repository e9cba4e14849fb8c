"""Settings of a stage as such: its name, and whose images it runs."""

from __future__ import annotations

from typing import Annotated, Literal

from greenlight_cdk.names import PRODUCTION, Names
from pydantic import Field, model_validator

from stacks.options.values import FIXED, Allowed, Options, SettingsError

Stage = Annotated[str, Allowed("the name of a stage that cdk.json declares under `stages`; left out, production")]
Repositories = Annotated[Literal["own", "shared"], Allowed("own, or shared for a stage beside production")]


class StageOptions(Options):
    """Which of several Greenlights in one account and region this is."""

    stage: Stage = Field(
        default="",
        description="The stage that a command is about; given as `-c stage=staging`, never in `cdk.json`.",
    )
    repositories: Annotated[Repositories, FIXED] = Field(
        default="own",
        description="own: the stage has image repositories of its own. shared: it runs images of production's"
        " repositories, so that the image that was tried is the one that is released.",
    )

    @property
    def names(self) -> Names:
        """The names of the stage's stacks and of all else that Greenlight names itself."""
        return Names(self.stage)

    @property
    def registry_names(self) -> Names:
        """The names of the stage whose repositories are used."""
        return PRODUCTION if self.repositories == "shared" else self.names

    @model_validator(mode="after")
    def _production_has_its_own_repositories(self) -> StageOptions:
        if self.repositories == "shared" and not self.stage:
            raise SettingsError(
                "repositories: got 'shared'; allowed: own; only a stage below `stages` can share production's"
            )
        return self
