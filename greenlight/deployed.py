"""What is deployed, as the stacks' outputs and the AWS API tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from greenlight_cdk.identifiers import pascal
from traffic_switch.contract import Color
from traffic_switch.model import Live, Target, Weights
from traffic_switch.ports.listener_rule import ListenerRule
from traffic_switch.ports.target_groups import TargetGroups

from greenlight.errors import NotDeployedError
from greenlight.journal_view import JournalView
from stacks.settings import ServiceSettings

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

IMPATIENT = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})


@dataclass(frozen=True)
class Scene:
    """What one look at a service saw: what is remembered, what the rule says, how the targets are."""

    live: Live | None
    weights: Weights | None
    targets: Mapping[Color, tuple[Target, ...]]


class Deployed:
    """The deployed stacks of this account and region, read lazily."""

    @cached_property
    def edge(self) -> Mapping[str, str]:
        """The outputs of EdgeStack."""
        return _outputs("GreenlightEdge")

    @property
    def front_door_url(self) -> str:
        """Where users come in."""
        return self.edge["FrontDoorUrl"]

    @cached_property
    def journal(self) -> JournalView:
        """The journal, for reading."""
        table = boto3.resource("dynamodb", config=IMPATIENT).Table(_outputs("GreenlightData")["JournalTableName"])
        return JournalView(table)

    @cached_property
    def _elbv2(self) -> ElasticLoadBalancingv2Client:
        return boto3.client("elbv2", config=IMPATIENT)

    def scene(self, service: ServiceSettings) -> Scene:
        """Look at one service.

        Raises:
            NotDeployedError: the edge or the journal is not there yet.
        """
        arns = {color: self.edge[f"{pascal(service.name)}{color.capitalize()}TargetGroupArn"] for color in Color}
        rule = ListenerRule(self._elbv2, self.edge["ListenerArn"], service.priority)
        health = TargetGroups(self._elbv2)
        return Scene(
            live=self.journal.live(service.name),
            weights=rule.weights(arns[Color.BLUE], arns[Color.GREEN]),
            targets={color: health.targets(arn) for color, arn in arns.items()},
        )

    def has_image(self, service: str, version: str) -> bool:
        """Whether the service's repository has an image of the version."""
        ecr = boto3.client("ecr", config=IMPATIENT)
        try:
            found = ecr.batch_get_image(repositoryName=f"greenlight/{service}", imageIds=[{"imageTag": version}])
        except ecr.exceptions.RepositoryNotFoundException as error:
            raise NotDeployedError(
                f"the image repository greenlight/{service} does not exist: run `npx cdk deploy GreenlightRegistry`"
            ) from error
        return bool(found["images"])


def stack_status(stack: str) -> str:
    """CloudFormation's status of a stack, or an empty string when there is none."""
    try:
        return boto3.client("cloudformation", config=IMPATIENT).describe_stacks(StackName=stack)["Stacks"][0][
            "StackStatus"
        ]
    except ClientError as error:
        if "does not exist" in str(error):
            return ""
        raise


def _outputs(stack: str) -> dict[str, str]:
    try:
        answer = boto3.client("cloudformation", config=IMPATIENT).describe_stacks(StackName=stack)
    except ClientError as error:
        if "does not exist" in str(error):
            raise NotDeployedError(
                f"the stack {stack} is not deployed here: run `npx cdk deploy --all` first"
            ) from error
        raise NotDeployedError(f"AWS refused to describe the stack {stack}: {error}") from error
    except BotoCoreError as error:
        raise NotDeployedError(f"AWS could not be asked ({error}): check your credentials and region") from error
    return {item["OutputKey"]: item["OutputValue"] for item in answer["Stacks"][0].get("Outputs", [])}
