"""The project's own pipeline in a local cloud, as it is synthesized, with the scripts in `delivery/`.

What its commits bring along in place of the real thing: `make setup`, the checks, and programs called `greenlight`,
`docker` and `aws`, which say what they are asked. A commit with a file `engine` has those that ask ECR
(greenlight/rehearsal/acts/pipeline/brought/), which takes some seconds more.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

from greenlight.project import CHECKOUT
from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.acts.pipeline.roles import StackRoles
from stacks.data import DataStack
from stacks.pipeline import PipelineStack
from stacks.settings import Settings
from tests.pipeline_settings import PIPELINE
from tests.rehearsal.local_cloud import eventually, started
from tests.rehearsal.pipelines import PATIENCE_SECONDS, Lab, git
from tests.rehearsal.real_stacks import RealStacks

NAME, DATA = "GreenlightPipeline", "GreenlightData"
REPOSITORY, IMAGES = "acme/storefront", "greenlight/shop"
CONNECTION = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/0f5bdf4e-5b1e-4b5c-9d3a-1f0c8a9e7d21"
ADAPTERS = (
    *("iam", "cloudformation", "cloudwatch", "ecr", "eventbridge", "sns"),
    *("codeconnections", "codebuild", "codepipeline"),
)
BROUGHT = "greenlight.rehearsal.acts.pipeline.brought"
MAKEFILE = """\
setup:
\tmkdir -p .venv/bin node_modules/.bin
\tcp fakes/* .venv/bin/
\tcp fakes/cdk node_modules/.bin/
check audit test:
\t@echo make $@
"""
FAKES = {
    "greenlight": """\
#!/bin/sh
version=$(cat services/shop/VERSION)
case "$1 $2" in
  "pipeline service") printf 'VERSION=%s\\nFOLDER=services/shop\\n' "$version" > "$5" ;;
  "pipeline plan") printf 'export %s\\n' VERSION=$version DIGEST=sha256:1 COLOR=green LIVE=1.0.0 > "$5" ;;
  "release "*) [ ! -f slow ] || sleep 600 ;;
  "record "*) printf '{"live": "%s"}' "$version" > cdk.json ;;
esac
echo "greenlight $*"
""",
    "cdk": """\
#!/bin/sh
echo "cdk $*"
""",
    "docker": f"""\
#!/bin/sh
[ -f engine ] && exec {sys.executable} -m {BROUGHT}.docker_cli "$@"
case "$1" in
  inspect) echo running healthy ;;
  image) echo "images@sha256:1234" ;;
  run) echo container ;;
  save) echo archive > "$3" ;;
  *) echo "docker $*" ;;
esac
""",
    "aws": f"""\
#!/bin/sh
[ -f engine ] && exec {sys.executable} -m {BROUGHT}.aws_cli "$@"
case "$2" in batch-get-image) echo ImageNotFound ;; *) echo password ;; esac
""",
}


class Delivery(Lab):
    """The lab of that one pipeline."""

    @property
    def roles(self) -> StackRoles:
        """The roles of the pipeline's stack."""
        return StackRoles(NAME, self.cloud.client)

    def deliver(self, version: str, **files: str) -> str:
        """Push a commit that wants a version; return the id of its run."""
        known = self._ids()
        git("-C", str(self.checkout), "pull", "--quiet")
        (self.checkout / "services" / "shop" / "VERSION").write_text(version)
        self.push(REPOSITORY, **files)
        return str(eventually(lambda: next(iter(self._ids() - known), None)))

    def approve(self, **more: str) -> None:
        """Answer the approval that asks, or will."""
        self.answer(NAME, stageName="Release", **more)

    def approved(self, execution: str) -> str:
        """Approve a run when it asks; return how it ends."""
        eventually(lambda: self._is_over(execution) or self.latest(NAME, "Approve").get("token"), PATIENCE_SECONDS)
        if not self._is_over(execution):
            self.approve()
        return self.ended(NAME, execution)

    def failed(self, execution: str) -> list[str]:
        """The actions of a run that failed."""
        return [name for name, each in self.runs(NAME, execution).items() if each["status"] == "Failed"]

    def recorded(self) -> str:
        """The cdk.json of the branch."""
        bare = self.cloud.run_dir / "repositories" / f"{REPOSITORY}.git"
        return git("-C", str(bare), "show", "main:cdk.json")

    @property
    def checkout(self) -> Path:
        """The clone of whoever pushes."""
        return self.scratch / REPOSITORY.replace("/", "-")

    def _ids(self) -> set[str]:
        return {each["pipelineExecutionId"] for each in self.executions(NAME)}

    def _is_over(self, execution: str) -> bool:
        status = {each["pipelineExecutionId"]: each["status"] for each in self.executions(NAME)}[execution]
        return status not in ("InProgress", "Stopping")


@contextmanager
def delivery(folders: pytest.TempPathFactory) -> Iterator[Delivery]:
    """A cloud with the pipeline, whose first run is about the version 2.0.0."""
    with started(folders.mktemp("cloud"), *ADAPTERS) as cloud:
        lab = Delivery(cloud, folders.mktemp("scratch"))
        cloud.client("ecr").create_repository(repositoryName=IMAGES, imageTagMutability="IMMUTABLE")
        _commit(lab)
        stacks = RealStacks(cloud, _build)
        stacks.upload_code()
        settings: dict[str, Any] = {**PIPELINE, "pipeline_connection_arn": CONNECTION}
        for stack in (DATA, NAME):
            assert stacks.deploy(stack, **settings) == "CREATE_COMPLETE", stacks.reasons(stack)
        yield lab


def _build(app: App, settings: Settings) -> None:
    """The pipeline, and the one stack that it reads names of."""
    PipelineStack(app, NAME, settings=settings, data=DataStack(app, DATA, settings=settings))


def _commit(lab: Delivery) -> None:
    """A commit with the scripts of this one."""
    lab.push(REPOSITORY, **{"cdk.json": "{}", ".gitignore": ".venv\nbuild\nnode_modules\n", "Makefile": MAKEFILE})
    service = {"Dockerfile": "FROM scratch\n", "VERSION": "2.0.0"}
    for folder, files in (("fakes", FAKES), ("delivery", _scripts()), ("services/shop", service)):
        (lab.checkout / folder).mkdir(parents=True)
        for name, text in files.items():
            path = lab.checkout / folder / name
            path.write_text(text)
            path.chmod(0o755)
    lab.push(REPOSITORY, note="whole")


def _scripts() -> dict[str, str]:
    return {path.name: path.read_text() for path in (CHECKOUT / "delivery").glob("*.sh")}
