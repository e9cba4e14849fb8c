"""The project's own stacks in a local cloud, as CloudFormation gets them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import App

from stacks.settings import Settings
from tests.rehearsal.local_cloud import LocalCloud, eventually

LAMBDA = Path(__file__).parents[2] / "lambda"
BUCKET = "code"
SERVICES = {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0"}}
STRONG = {"@aws-cdk/core:defaultCrossStackReferences": "strong"}

Build = Callable[[App, Settings], None]


@dataclass(frozen=True)
class RealStacks:
    """A cloud that holds the functions' code; stacks are synthesized here and deployed without the CDK CLI."""

    cloud: LocalCloud
    build: Build

    def deploy(self, name: str, change: Callable[[dict[str, Any]], None] | None = None, **settings: Any) -> str:
        """Create or update one stack, and return the status that it ends in."""
        app = App(context=STRONG)
        self.build(app, Settings.from_context({"services": SERVICES, **settings}))
        template = app.synth().get_stack_by_name(name).template
        if change:
            change(template)
        return self.submit(name, template)

    def submit(self, name: str, template: dict[str, Any]) -> str:
        client = self.cloud.client("cloudformation")
        operation = client.update_stack if name in self.names() else client.create_stack
        operation(StackName=name, TemplateBody=json.dumps(_with_code(template)), Capabilities=["CAPABILITY_IAM"])
        return self.ended(name)

    def ended(self, name: str) -> str:
        cloudformation = self.cloud.client("cloudformation")

        def look() -> str | None:
            status: str = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
            return None if status.endswith("IN_PROGRESS") else status

        return str(eventually(look, 60))

    def delete(self, name: str) -> None:
        """Begin to delete a stack."""
        self.cloud.client("cloudformation").delete_stack(StackName=name)

    def is_gone(self, name: str) -> bool:
        """Whether a stack that is being deleted is gone in the end."""
        return bool(eventually(lambda: name not in self.names(), 30))

    def names(self) -> list[str]:
        """The stacks that are there."""
        return [stack["StackName"] for stack in self.cloud.client("cloudformation").describe_stacks()["Stacks"]]

    def reasons(self, name: str) -> list[str]:
        """Why resources failed, the newest first."""
        events = self.cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return [event.get("ResourceStatusReason", "") for event in events if event["ResourceStatus"].endswith("FAILED")]

    def upload_code(self) -> None:
        """Put the shared asset where the templates here look for it."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            for path in sorted(LAMBDA.rglob("*")):
                if path.suffix in (".py", ".json"):
                    file.write(path, path.relative_to(LAMBDA))
        s3 = self.cloud.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="lambda.zip", Body=archive.getvalue())


def _with_code(template: dict[str, Any]) -> dict[str, Any]:
    """The template with the functions' code from this cloud's bucket, and without the CDK's rule on its bootstrap."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Code"] = {"S3Bucket": BUCKET, "S3Key": "lambda.zip"}
    return {name: part for name, part in template.items() if name not in ("Rules", "Parameters")}
