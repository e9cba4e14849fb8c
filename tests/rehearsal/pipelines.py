"""A small pipeline in a local cloud: a repository, builds, an approval, and roles that may do what it needs."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from greenlight.rehearsal.account import ACCOUNT, REGION
from tests.rehearsal.builds import LOGS, SERVICE
from tests.rehearsal.local_cloud import LocalCloud, eventually, started
from tests.rehearsal.template_pieces import resource

CONNECTION = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/11111111-2222-3333-4444-555555555555"
PATIENCE_SECONDS = 60.0
"""For an execution of some seconds, on a machine that others use."""
PIPELINE_SERVICE = "codepipeline.amazonaws.com"
USE = {"Effect": "Allow", "Action": "codeconnections:UseConnection", "Resource": CONNECTION}
ARTIFACTS = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::artifacts/*"}
BUILDS = {
    "Effect": "Allow",
    "Action": ["codebuild:StartBuild", "codebuild:BatchGetBuilds", "codebuild:StopBuild"],
    "Resource": "*",
}
IDENTITY = {f"GIT_{who}_{what}": "someone@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

Properties = dict[str, Any]


def action(name: str, kind: str, configuration: Mapping[str, str], **more: Any) -> Properties:
    """An action of a template; `kind` is `<category>/<provider>`."""
    category, provider = kind.split("/")
    type_id = {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"}
    return {"Name": name, "ActionTypeId": type_id, "Configuration": dict(configuration), **more}


def source(repository: str, **configuration: str) -> Properties:
    """The source action: a full clone, whose variables are called Commit."""
    given = {
        "ConnectionArn": CONNECTION,
        "FullRepositoryId": repository,
        "BranchName": "main",
        "OutputArtifactFormat": "CODEBUILD_CLONE_REF",
        **configuration,
    }
    more = {"OutputArtifacts": [{"Name": "Source"}], "Namespace": "Commit"}
    return action("Source", "Source/CodeStarSourceConnection", given, **more)


def building(name: str, project: str, variables: Mapping[str, str] | None = None, **more: Any) -> Properties:
    """A build of the source."""
    given = [{"name": key, "value": value, "type": "PLAINTEXT"} for key, value in (variables or {}).items()]
    configuration = {"ProjectName": project, **({"EnvironmentVariables": json.dumps(given)} if given else {})}
    return action(name, "Build/CodeBuild", configuration, **{"InputArtifacts": [{"Name": "Source"}], **more})


def approving(**more: Any) -> Properties:
    """An approval."""
    return action("Approve", "Approval/Manual", more.pop("configuration", {}), **more)


@dataclass
class Lab:
    """Where pipelines are deployed and watched."""

    cloud: LocalCloud
    scratch: Path
    _projects: set[str] = field(default_factory=set)

    @property
    def client(self) -> Any:
        """CodePipeline, as the operator."""
        return self.cloud.client("codepipeline")

    def project(
        self,
        name: str,
        *commands: str,
        exported: Sequence[str] = (),
        helper: str = "no",
        use: Mapping[str, Any] = USE,
        **phases: Sequence[str],
    ) -> str:
        """A project that runs commands in its build phase; its role may read the source. Return its name.

        `helper` says whether git has credentials for more than the clone, `use` what its role may use the connection
        for.
        """
        role = self.cloud.role(f"{name}-builds", SERVICE, LOGS, ARTIFACTS, use)
        spec = {
            "version": "0.2",
            "env": {"exported-variables": list(exported), "git-credential-helper": helper},
            "phases": {key: {"commands": list(each)} for key, each in {"build": commands, **phases}.items()},
        }
        self.cloud.client("codebuild").create_project(
            name=name,
            source={"type": "CODEPIPELINE", "buildspec": json.dumps(spec)},
            artifacts={"type": "CODEPIPELINE"},
            environment={"type": "LINUX_CONTAINER", "image": "standard", "computeType": "BUILD_GENERAL1_SMALL"},
            serviceRole=role,
        )
        return name

    def push(self, repository: str, **files: str) -> str:
        """Commit files, push them to the repository's main branch, and return the commit."""
        bare = self.cloud.run_dir / "repositories" / f"{repository}.git"
        if not bare.is_dir():
            git("init", "--quiet", "--bare", "--initial-branch=main", str(bare))
        checkout = self.scratch / repository.replace("/", "-")
        if not checkout.is_dir():
            git("clone", "--quiet", str(bare), str(checkout))
        for name, text in files.items():
            (checkout / name).write_text(text)
        inside = ("-C", str(checkout))
        git(*inside, "add", "--all")
        git(*inside, "commit", "--quiet", "--allow-empty", "--message", f"Change {', '.join(files)}")
        git(*inside, "push", "--quiet", "origin", "HEAD:main")
        return git(*inside, "rev-parse", "HEAD").strip()

    def deploy(self, name: str, *stages: Sequence[Properties], **properties: Any) -> str:
        """Deploy a pipeline whose stages are called A, B, …; return the stack's status."""
        stack = self.begin(name, *stages, **properties)
        return str(stack["StackStatus"])

    def begin(self, name: str, *stages: Sequence[Properties], **properties: Any) -> Any:
        """Deploy a pipeline and return its stack."""
        role = properties.pop("RoleArn", None) or self.role(name)
        made = {
            "Name": name,
            "PipelineType": "V2",
            "ExecutionMode": "QUEUED",
            "RoleArn": role,
            "ArtifactStore": {"Type": "S3", "Location": "artifacts"},
            "Stages": [{"Name": chr(65 + number), "Actions": list(each)} for number, each in enumerate(stages)],
            **properties,
        }
        body = json.dumps({"Resources": {"Pipeline": resource("AWS::CodePipeline::Pipeline", **made)}})
        stacks = self.cloud.client("cloudformation")
        known = {each["StackName"] for each in stacks.describe_stacks()["Stacks"]}
        (stacks.update_stack if name in known else stacks.create_stack)(StackName=name, TemplateBody=body)

        def ended() -> Any:
            (stack,) = stacks.describe_stacks(StackName=name)["Stacks"]
            return None if stack["StackStatus"].endswith("IN_PROGRESS") else stack

        return eventually(ended, 20)

    def why(self, name: str) -> str:
        """Why CloudFormation did not make the pipeline of a stack."""
        events = self.cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return " ".join(each.get("ResourceStatusReason", "") for each in events)

    def role(self, name: str, *statements: Mapping[str, Any]) -> str:
        """A role for a pipeline that may do all that its actions need, or what the statements say."""
        return self.cloud.role(f"{name}-pipeline", PIPELINE_SERVICE, *(statements or (USE, ARTIFACTS, BUILDS)))

    def first(self, name: str) -> str:
        """The id of the execution that began with the pipeline."""
        return str(self.executions(name)[-1]["pipelineExecutionId"])

    def executions(self, name: str) -> list[dict[str, Any]]:
        """The executions of a pipeline, the newest first."""
        return list(self.client.list_pipeline_executions(pipelineName=name)["pipelineExecutionSummaries"])

    def ended(self, name: str, execution: str) -> str:
        """Wait for an execution and return its status."""

        def look() -> str | None:
            answer = self.client.get_pipeline_execution(pipelineName=name, pipelineExecutionId=execution)
            status = str(answer["pipelineExecution"]["status"])
            return None if status in ("InProgress", "Stopping") else status

        return str(eventually(look, PATIENCE_SECONDS))

    def runs(self, name: str, execution: str | None = None) -> dict[str, dict[str, Any]]:
        """The newest run of each action of an execution, by the action's name."""
        chosen = {"filter": {"pipelineExecutionId": execution}} if execution else {}
        found = self.client.list_action_executions(pipelineName=name, **chosen)["actionExecutionDetails"]
        return {each["actionName"]: each for each in reversed(found)}

    def latest(self, name: str, action_name: str) -> dict[str, Any]:
        """What GetPipelineState says of an action."""
        stages = self.client.get_pipeline_state(name=name)["stageStates"]
        states = [each for stage in stages for each in stage["actionStates"] if each["actionName"] == action_name]
        return dict(states[0].get("latestExecution", {}))

    def token(self, name: str) -> str:
        """Wait until the approval asks, and return its token."""
        return str(eventually(lambda: self.latest(name, "Approve").get("token"), PATIENCE_SECONDS))

    def answer(self, name: str, status: str = "Approved", summary: str = "fine", **more: Any) -> None:
        """Answer the approval, which is in stage B unless said otherwise."""
        given = {"stageName": "B", "token": more.pop("token", None) or self.token(name), **more}
        result = {"status": status, "summary": summary}
        self.client.put_approval_result(pipelineName=name, actionName="Approve", result=result, **given)

    def log(self, project: str, number: int = 1) -> str:
        """What a build printed itself."""
        path = self.cloud.run_dir / "logs" / f"build-{project}-{number}.log"
        lines = path.read_text().splitlines() if path.is_file() else []
        return "\n".join(line for line in lines if not line.startswith("[Container]"))


@contextmanager
def pipelines(folders: pytest.TempPathFactory) -> Iterator[Lab]:
    """A cloud that plays pipelines, where a minute of a timeout takes 0.2 seconds."""
    adapters = ("iam", "cloudformation", "eventbridge", "sns", "codeconnections", "codebuild", "codepipeline")
    with started(folders.mktemp("cloud"), *adapters, GREENLIGHT_PIPELINE_MINUTE_SECONDS="0.2") as cloud:
        cloud.client("s3").create_bucket(Bucket="artifacts")
        yield Lab(cloud, folders.mktemp("scratch"))


def git(*arguments: str) -> str:
    """Run git as somebody, with no settings of whoever tests."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **IDENTITY}
    done = subprocess.run(["git", *arguments], check=True, capture_output=True, text=True, env=environment)
    return done.stdout
