"""Whether somebody else tells the account's registry another thing than Greenlight: whoever writes last wins.

ECR user guide, "Private registry settings": scanning, signing and replication are one setting each, for an account in a
region.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from greenlight.doctor.finding import Finding, ok, problem


@dataclass(frozen=True)
class RegistrySetting:
    """One of them: what is wanted and what is there, in the same words, empty for nothing.

    `key` is the setting that asks for it. `is_deployed`: GreenlightGovernance has written it once.
    """

    name: str
    key: str
    wanted: str
    there: str
    is_deployed: bool


def judge_registry(settings: Iterable[RegistrySetting]) -> tuple[Finding, ...]:
    """Judge those that are asked for."""
    wanted = [each for each in settings if each.wanted]
    found = [finding for each in wanted for finding in _conflict(each)]
    if found:
        return tuple(found)
    told = ", ".join(each.name for each in wanted)
    return (ok(f"nobody else tells the registry its {told}" if told else "no setting is about the whole registry"),)


def _conflict(setting: RegistrySetting) -> Iterable[Finding]:
    if setting.there == setting.wanted or not (setting.there or setting.is_deployed):
        return
    if setting.is_deployed:
        yield problem(
            f"the registry's {setting.name} is not what GreenlightGovernance wrote: it is"
            f" {setting.there or 'nothing'}, instead of {setting.wanted}",
            f"find out who wrote it (CloudTrail), then deploy GreenlightGovernance again, or take {setting.key} out",
        )
    else:
        yield problem(
            f"somebody else has told the registry its {setting.name}: {setting.there}. GreenlightGovernance would"
            f" replace that by {setting.wanted}",
            f"take {setting.key} out, and add Greenlight's repositories where that is said: see docs/governance.md",
        )
