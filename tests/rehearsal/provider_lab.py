"""A local cloud with a provider of custom resources that does as its resources say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rehearsal.local_cloud import EVERYTHING, LocalCloud, eventually, started

PROVIDER = """
import json
import time
import urllib.request

import boto3

raised = set()


def handle(event, context):
    properties = event["ResourceProperties"]
    keep(event)
    mode = properties.get(event["RequestType"], "ok")
    time.sleep(float(properties.get("Seconds", 0)))
    if mode == "raise once" and event["RequestId"] not in raised:
        raised.add(event["RequestId"])
        raise RuntimeError("not yet")
    if mode != "silent":
        answer(event, "FAILED" if mode == "fail" else "SUCCESS", properties.get("Id", "one"))


def keep(event):
    status = boto3.client("cloudformation").describe_stacks(StackName=event["StackId"])["Stacks"][0]["StackStatus"]
    item = {"id": {"S": str(time.time_ns())}, "event": {"S": json.dumps({**event, "StackStatus": status})}}
    boto3.client("dynamodb").put_item(TableName="requests", Item=item)


def answer(event, status, physical_id):
    body = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    body |= {"Status": status, "Reason": "0 of 2 healthy", "PhysicalResourceId": physical_id, "Data": {"Color": "blue"}}
    url = urllib.request.Request(
        event["ResponseURL"], json.dumps(body).encode(), method="PUT", headers={"Content-Type": ""}
    )
    urllib.request.urlopen(url).close()
"""


@dataclass(frozen=True)
class Lab:
    """The cloud with a provider of custom resources that does as its resources say."""

    cloud: LocalCloud
    stacks: Any
    provider: str

    def resource(self, **properties: Any) -> dict[str, Any]:
        return {"Type": "Custom::Thing", "Properties": {"ServiceToken": self.provider, **properties}}

    def deploy(self, name: str, resources: Mapping[str, Any], **sections: Any) -> str:
        """Create or update a stack, and return the status that it ends in."""
        self.begin(name, resources, **sections)
        return self.ended(name)

    def begin(self, name: str, resources: Mapping[str, Any], **sections: Any) -> None:
        body = json.dumps({"Resources": resources, **sections})
        existing = [stack["StackName"] for stack in self.stacks.describe_stacks()["Stacks"]]
        operation = self.stacks.update_stack if name in existing else self.stacks.create_stack
        operation(StackName=name, TemplateBody=body)

    def ended(self, name: str) -> str:
        def look() -> str | None:
            status: str = self.stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
            return None if status.endswith("IN_PROGRESS") else status

        return str(eventually(look, 20))

    def outputs(self, name: str) -> dict[str, str]:
        found = self.stacks.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in found}

    def events(self, name: str) -> list[dict[str, Any]]:
        """The events of resources, oldest first, without those of the stack itself."""
        found = self.stacks.describe_stack_events(StackName=name)["StackEvents"]
        return [event for event in reversed(found) if event["LogicalResourceId"] != name]

    def statuses(self, name: str, logical_id: str) -> list[str]:
        return [event["ResourceStatus"] for event in self.events(name) if event["LogicalResourceId"] == logical_id]

    def requests(self, stack: str) -> list[dict[str, Any]]:
        """What the provider was asked for a stack, oldest first."""
        items = self.cloud.client("dynamodb").scan(TableName="requests")["Items"]
        events = [json.loads(item["event"]["S"]) for item in sorted(items, key=lambda item: item["id"]["S"])]
        return [event for event in events if f":stack/{stack}/" in event["StackId"]]


@contextmanager
def started_lab(run_dir: Path) -> Iterator[Lab]:
    """Start the cloud with CloudFormation's engine, and the provider in it."""
    with started(run_dir, "iam", "lambda_functions", "cloudformation") as cloud:
        cloud.client("dynamodb").create_table(
            TableName="requests",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        role = cloud.role("provider", "lambda.amazonaws.com", EVERYTHING)
        provider = cloud.function("provider", PROVIDER, role, Timeout=30)
        yield Lab(cloud, cloud.client("cloudformation"), provider)
