"""One deployment's change of green, from 1.0.0 to 2.0.0, as CloudFormation asks the compute's functions for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import host_color.handler
import version_guard.handler
from traffic_switch.contract import CONFIG_VARIABLE, JOURNAL_VARIABLE
from version_guard.model import written

from tests.simulation.cloud import JOURNAL, Cloud
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.elbv2.targets import Target
from tests.simulation.faults import Fault, Faults
from tests.simulation.functions import Function
from tests.simulation.host import DOCUMENT, Host
from tests.simulation.refusals import REGION
from tests.simulation.site import LISTENER, Site, add_site
from tests.simulation.web import ANSWER_HOST

REPOSITORY = "greenlight/shop"
OLD, NEW = "registry/shop:1.0.0", "registry/shop:2.0.0"
INSTANCE, PORT = "i-0123456789abcdef0", 3001
GUARD, COLOR = "VersionGuard", "HostColor"

GUARD_GRANTS = frozenset(
    {
        "cloudformation:DescribeStacks",
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
        "ecr:BatchGetImage",
        "ecr:DescribeImages",
        "ecr:PutImage",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeRules",
    }
)
ALLOWED = {"AllowLiveChange": "false", "RecordedImages": "false"}
COLOR_GRANTS = frozenset(
    {
        "cloudformation:DescribeStacks",
        "dynamodb:GetItem",
        "elasticloadbalancing:DeregisterTargets",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTargetHealth",
        "elasticloadbalancing:RegisterTargets",
        "ssm:GetCommandInvocation",
        "ssm:SendCommand",
    }
)


class Compute:
    """The compute stack of a shop whose blue is live, in the middle of an update, with both functions.

    `deregistered_live` is how often green was taken out of its group while the rule sent it users. `recorded` is for a
    story to note which image a version was.
    """

    def __init__(self, fault: tuple[int, Fault] | None = None, status: str = "UPDATE_IN_PROGRESS") -> None:
        self.cloud = Cloud(faults=Faults(numbered=dict([fault] if fault else [])))
        self.status = status
        self.site: Site = add_site(self.cloud, versions=("1.0.0", "1.0.0"))
        self.site.write_rule(100, 0)
        self.host = Host({OLD, NEW}, declared={"green": NEW}, running={"blue": OLD, "green": OLD})
        self.deregistered_live = 0
        self.recorded = ""
        self._prepare()

    def _prepare(self) -> None:
        cloud = self.cloud
        live = {"color": {"S": "blue"}, "version": {"S": "1.0.0"}, "blue": {"N": "100"}, "green": {"N": "0"}}
        self._remember("live#shop", live)
        for version in ("1.0.0", "2.0.0"):
            cloud.registry.push(REPOSITORY, version)
        self.remember_image("1.0.0")
        cloud.elbv2.groups[self.site.group("green")].targets = {(INSTANCE, PORT): Target(INSTANCE, PORT)}
        cloud.hosts.instances.add(INSTANCE)
        cloud.hosts.documents[DOCUMENT] = self.host.run
        cloud.stacks = self
        cloud.after_event.append(self._watch)
        tags = {color: f"live-{color}" for color in ("blue", "green")}
        groups = {color: self.site.dimension(color) for color in ("blue", "green")}
        shop = {"repository": REPOSITORY, "target_groups": groups}
        config = written({"listener_arn": LISTENER, "running_tags": tags}, {"shop": shop})
        environment = {CONFIG_VARIABLE: json.dumps(config), JOURNAL_VARIABLE: JOURNAL, "AWS_REGION": REGION}
        guard = version_guard.handler
        color = host_color.handler
        cloud.functions.add(
            Function(GUARD, lambda e, m: guard.serve(e, guard.world(m), 240.0), 240.0, environment, GUARD_GRANTS)
        )
        cloud.functions.add(
            Function(COLOR, lambda e, m: color.serve(e, color.world(m), 900.0), 900.0, environment, COLOR_GRANTS)
        )

    def describe(self, name: str) -> dict[str, Any]:
        """The stack, as `cloud.stacks` tells it."""
        return {"StackId": name, "StackName": "GreenlightEc2Host", "StackStatus": self.status, "CreationTime": 0.0}

    def lock(self) -> None:
        """A switch of the shop begins."""
        item = {"owner": {"S": "switch-7"}, "reason": {"S": "release green"}, "epoch": {"N": "1"}}
        times = {"since": {"N": str(EPOCH)}, "deadline": {"N": str(EPOCH + 3000)}}
        self._remember("lock#shop", {**item, **times})

    def ask(
        self, function: str, properties: Mapping[str, str], before: Mapping[str, str], request: str = "forward"
    ) -> list[dict[str, Any]]:
        """Send one Update, let everything happen that comes of it, and return the answers in order."""
        event = {
            "RequestType": "Update",
            "ResponseURL": f"https://{ANSWER_HOST}/{request}",
            "StackId": "arn:stack",
            "RequestId": request,
            "LogicalResourceId": "Thing",
            "PhysicalResourceId": "thing",
            "ResourceProperties": dict(properties),
            "OldResourceProperties": dict(before),
        }
        self.cloud.invoke_async(function, event)
        self.cloud.run(until=self.cloud.kernel.time + 3_600.0)
        return self.cloud.answers.get(request, [])

    def change_green(self) -> list[dict[str, Any]]:
        """Ask for green's new image on the host."""
        return self.ask(COLOR, self._color(NEW), self._color(OLD))

    def roll_green_back(self) -> list[dict[str, Any]]:
        """Ask for its old image again, as CloudFormation does after a failure."""
        self.status = "UPDATE_ROLLBACK_IN_PROGRESS"
        self.host.declared["green"] = OLD
        return self.ask(COLOR, self._color(OLD), self._color(NEW), "back")

    def guard(self, blue: str, green: str) -> list[dict[str, Any]]:
        """Ask for leave to declare these versions in place of 1.0.0 and 1.0.0."""
        return self.ask(GUARD, _declared(blue, green), _declared("1.0.0", "1.0.0"))

    def remember_image(self, version: str) -> None:
        """Note what a version is, as the guard does when it is first deployed."""
        self._remember(f"image#shop#{version}", {"digest": {"S": self.digest(version)}, "since": {"N": "900"}})

    def digest(self, tag: str) -> str:
        """The digest of what a tag names now."""
        (image,) = (each for each in self.cloud.registry.repositories[REPOSITORY] if tag in each.tags)
        return image.digest

    @property
    def green_target(self) -> str:
        """The state of green's target, or `absent`."""
        target = self.cloud.elbv2.groups[self.site.group("green")].targets.get((INSTANCE, PORT))
        return target.state if target else "absent"

    def _color(self, image: str) -> dict[str, str]:
        return {
            "Service": "shop",
            "Color": "green",
            "Image": image,
            "Document": DOCUMENT,
            "InstanceId": INSTANCE,
            "Port": str(PORT),
            "TargetGroupArn": self.site.group("green"),
            "ListenerArn": LISTENER,
        }

    def _remember(self, key: str, item: Mapping[str, Any]) -> None:
        self.cloud.client("switch", "dynamodb").put_item(TableName=JOURNAL, Item={"pk": {"S": key}, **item})

    def _watch(self, call: str, parameters: Mapping[str, Any]) -> None:
        weights = self.site.rule_weights() or {}
        if call == "elbv2.DeregisterTargets" and weights.get("green"):
            self.deregistered_live += 1


def _declared(blue: str, green: str) -> dict[str, str]:
    return {"Service": "shop", "BlueVersion": blue, "GreenVersion": green, **ALLOWED}
