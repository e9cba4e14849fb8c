"""One region for every program: of boto3 and the CDK CLI each has its own way to find one."""

from __future__ import annotations

from collections.abc import MutableMapping

from greenlight.errors import ProjectError

EVERYONES, BOTO3S = "AWS_REGION", "AWS_DEFAULT_REGION"
"""boto3 reads the second variable alone (boto3 guide, Configuration); the CDK CLI and every other SDK read the first
(AWS SDKs and Tools reference guide, AWS Region).
"""


def agree(environment: MutableMapping[str, str]) -> None:
    """Let boto3 look where the CDK CLI deploys to. Without either variable both go by the profile.

    Raises:
        ProjectError: the variables name two regions.
    """
    named = [environment[name] for name in (EVERYONES, BOTO3S) if environment.get(name)]
    if len(set(named)) > 1:
        raise ProjectError(
            f"{EVERYONES} is {environment[EVERYONES]} and {BOTO3S} is {environment[BOTO3S]}: the CDK CLI would deploy "
            "to one region, and greenlight look at the other; set both to the same, or unset one"
        )
    for region in named[:1]:
        environment.update({EVERYONES: region, BOTO3S: region})
