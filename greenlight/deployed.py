"""What is deployed, as the stacks and the AWS API tell it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.names import PRODUCTION, Names
from host_age.judgment import Host
from traffic_switch.config import RulePlace
from traffic_switch.contract import Color
from traffic_switch.errors import JournalError
from traffic_switch.ports.listener_rule import ListenerRule
from traffic_switch.ports.target_groups import TargetGroups
from version_guard.sighting import Sighting

from greenlight import images
from greenlight.deployed_stack import IMPATIENT, DeployedStack
from greenlight.errors import ReleaseError, RotationError
from greenlight.host import deployed_host, renewed_at
from greenlight.journal_view import JournalView
from greenlight.scan.way_in import preview_headers
from greenlight.scene import Scene
from greenlight.switch_view import asked_before_and_after
from greenlight.templates import Asked, Template, asked, attempt_of, versions
from stacks.settings import ServiceSettings

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

JOURNAL_TABLE = "JournalTableName"
"""The output of the data's stack that names the journal."""

INVOKING = Config(connect_timeout=5, read_timeout=70, retries={"mode": "standard", "max_attempts": 2})
"""The Request function may run for a minute. It may be asked twice: a switch is recorded under the request's id."""

ROTATING = Config(connect_timeout=5, read_timeout=900, retries={"total_max_attempts": 1})
"""The function waits until the whole load balancer follows. It is asked once: twice would be another rotation."""


class Deployed:
    """The deployed stacks of one stage in this account and region, read lazily."""

    def __init__(self, names: Names = PRODUCTION) -> None:
        self.names = names
        self.edge = DeployedStack(names.stack("Edge"))
        self.release = DeployedStack(names.stack("Release"))

    @property
    def front_door_url(self) -> str:
        """Where users come in."""
        return self.edge.output("FrontDoorUrl")

    @cached_property
    def journal(self) -> JournalView:
        """The journal, for reading."""
        table = DeployedStack(self.names.stack("Data")).output(JOURNAL_TABLE)
        return JournalView(boto3.client("dynamodb", config=IMPATIENT), table)

    @property
    def has_journal(self) -> bool:
        """Whether there is a journal: none before the first deployment, nor when that failed in its stack.

        Raises:
            NotDeployedError: AWS could not be asked.
        """
        data = DeployedStack(self.names.stack("Data"))
        return bool(data.status) and JOURNAL_TABLE in data.outputs

    def has(self, service: str) -> bool:
        """Whether the edge was deployed with a service.

        Raises:
            NotDeployedError: there is no edge.
        """
        return target_group_output(service, Color.BLUE) in self.edge.outputs

    @cached_property
    def _elbv2(self) -> ElasticLoadBalancingv2Client:
        return boto3.client("elbv2", config=IMPATIENT)

    def scene(self, service: ServiceSettings) -> Scene:
        """Look at one service.

        The lock is read first: a switch that ends while we look leaves no drift behind that seems to be nobody's.

        Raises:
            NotDeployedError: the edge or the journal is not there yet.
        """
        place = self._place(service)
        health = TargetGroups(self._elbv2)
        lock = self.journal.lock(service.name)
        rule = ListenerRule(self._elbv2, self._elbv2, place).look()
        targets = {Color.BLUE: health.targets(place.blue_arn), Color.GREEN: health.targets(place.green_arn)}
        try:
            return Scene(self.journal.live(service.name), rule, targets, lock)
        except JournalError as error:
            return Scene(None, rule, targets, lock, str(error))

    def asked(self, service: str) -> Asked | None:
        """What the stack asks for now; None when there is no stack, or none with this service."""
        return asked(self.release.template, service)

    def attempts(self, service: str) -> Iterator[int]:
        """The attempts that are used up: the stack's, and those of the newest request, which may be rolled back."""
        now = self.asked(service)
        if now is None:
            return
        yield now.attempt
        newest = self.journal.newest_request(f"{self.release.id}/{now.logical_id}")
        yield from map(attempt_of, asked_before_and_after(newest)) if newest else ()

    def versions(self, service: str, compute: str) -> Mapping[Color, str]:
        """The version that each color was deployed with last; empty when nobody can say."""
        return versions(DeployedStack(self.names.compute_stack(compute)).template, service)

    def template(self, stack: str) -> Template:
        """What was deployed last of a stack; empty when there is no such stack."""
        return DeployedStack(stack).template

    def sighting(self, service: str, version: str, owner: Names) -> Sighting:
        """A version as the journal knows it, and as the repository of the stage `owner` shows it.

        Raises:
            JournalError: the journal's item of the version is damaged.
        """
        return images.sighting(service, version, self.journal.image(service, version), owner)

    def host(self) -> Host | None:
        """The EC2 host; None when it has ended. Asked anew each time.

        Raises:
            NotDeployedError: none was ever deployed.
        """
        return deployed_host(self.names)

    def host_renewed_at(self) -> str:
        """When the deployed host was renewed, as its stack says; `never` for the first one, or where there is none."""
        return renewed_at(self.names)

    def start_repair(self, service: str, request_id: str, reason: str) -> str:
        """Ask the switch for a repair, and return the id of the switch that was started.

        Raises:
            ReleaseError: the function refused; the message says why.
        """
        function = DeployedStack(self.names.stack("Switch")).output("RequestFunctionName")
        request = {"RequestType": "Repair", "RequestId": request_id, "Service": service, "Reason": reason}
        client: Any = boto3.client("lambda", config=INVOKING)
        reply = client.invoke(FunctionName=function, Payload=json.dumps(request).encode())
        answer = json.loads(reply["Payload"].read() or b"{}")
        if reply.get("FunctionError"):
            raise ReleaseError(f"the repair was not started: {answer.get('errorMessage', answer)}")
        return str(answer["switch_id"])

    def preview_headers(self, service: str, color: Color) -> Mapping[str, str]:
        """The header that leads to a color, with the value that is valid now.

        Raises:
            NotDeployedError: no rule leads there.
        """
        return preview_headers(self._elbv2, self.edge, service, color)

    def rotate_preview(self) -> Iterator[Mapping[str, Any]]:
        """Have the values of the preview header replaced, the switch's and then people's, if these have any.

        Yields what was done: `rotated` (names), `refused` (why not), `old_until`.

        Raises:
            RotationError: the function failed; the message says why.
        """
        yield self._rotated(self.edge.output("PreviewFunctionName"))
        if people := self.edge.outputs.get("PeoplePreviewFunctionName"):
            yield self._rotated(people)

    def _rotated(self, function: str) -> Mapping[str, Any]:
        client: Any = boto3.client("lambda", config=ROTATING)
        payload = json.dumps({"rotate": True}).encode()
        reply = client.invoke(FunctionName=function, Payload=payload)
        answer: Mapping[str, Any] = json.loads(reply["Payload"].read() or b"{}")
        if reply.get("FunctionError"):
            raise RotationError(f"the preview secret was not rotated: {answer.get('errorMessage', answer)}")
        return answer

    def _place(self, service: ServiceSettings) -> RulePlace:
        groups = [self.edge.output(target_group_output(service.name, color)) for color in Color]
        blue, green = groups
        others = "OtherListenerArn" in self.edge.outputs
        return RulePlace(self.edge.output("ListenerArn"), service.priority, tuple(service.paths), blue, green, others)


def target_group_output(service: str, color: Color) -> str:
    """The output of the edge that has the ARN of a color's target group."""
    return f"{pascal(service)}{color.capitalize()}TargetGroupArn"


def stack_status(stack: str) -> str:
    """CloudFormation's status of a stack, or an empty string when there is none."""
    return DeployedStack(stack).status
