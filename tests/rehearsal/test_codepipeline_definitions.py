"""What of a pipeline, a project or a build specification is refused, and which pushes start a pipeline.

Sources: CodePipeline user guide, "Pipeline structure requirements" (pipeline-requirements), "Variables reference"
(reference-variables) and "Filter triggers" (pipelines-filter); CodeBuild user guide, build-spec-ref.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from greenlight.rehearsal.cloud.codebuild.buildspec import BuildSpec
from greenlight.rehearsal.cloud.codebuild.errors import BuildSpecError
from greenlight.rehearsal.cloud.codebuild.projects import refusal as project_refusal
from greenlight.rehearsal.cloud.codepipeline import filters
from greenlight.rehearsal.cloud.codepipeline.definition import Action
from greenlight.rehearsal.cloud.codepipeline.validation import refusal
from tests.rehearsal.builds import LOGS, SERVICE
from tests.rehearsal.local_cloud import eventually
from tests.rehearsal.pipelines import Lab, action, approving, building, pipelines, source
from tests.rehearsal.template_pieces import resource


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with pipelines(tmp_path_factory) as lab:
        yield lab


def _pipeline(*stages: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "PipelineType": "V2",
        "ExecutionMode": "QUEUED",
        "RoleArn": "role",
        "ArtifactStore": {"Type": "S3", "Location": "artifacts"},
        "Stages": [{"Name": chr(65 + number), "Actions": each} for number, each in enumerate(stages)],
        **more,
    }


def test_a_pipeline_of_source_approval_and_build_is_taken() -> None:
    assert refusal(_pipeline([source("acme/shop")], [approving()], [building("Build", "project")])) == ""


@pytest.mark.parametrize(
    ("stages", "more", "said"),
    [
        ([[building("B", "p")], [approving()]], {}, "should start with a stage that only contains source actions"),
        ([[source("a/b")]], {}, "minimum of 2 stages"),
        ([[source("a/b")], [source("a/c")]], {}, "only allowed in the first stage"),
        (
            [[source("a/b")], [action("D", "Deploy/CloudFormation", {})]],
            {},
            "Deploy/AWS/CloudFormation/1 of the action D",
        ),
        ([[source("a/b")], [action("I", "Invoke/Lambda", {})]], {}, "Invoke/AWS/Lambda/1"),
        ([[action("S", "Source/S3", {})], [approving()]], {}, "Source/AWS/S3/1"),
        ([[source("a/b")], [building("B", "p", InputArtifacts=[{"Name": "Other"}])]], {}, "Bundle Other in stage B"),
        ([[source("a/b")], [building("B", "p", {"X": "#{Plan.X}"})]], {}, "VariableReferenceText: [Plan.X]"),
        ([[source("a/b")], [building("B", "p", {"X": "#{variables.X}"})]], {}, "VariableReferenceText: [variables.X]"),
        ([[source("a/b")], [approving(TimeoutInMinutes=4)]], {}, "must be between 5 and 86400"),
        ([[source("a/b", Trigger="x")], [approving()]], {}, "configuration key Trigger"),
        ([[source("a/b")], [approving(Region="eu-west-1")]], {}, "does not play Region of the action Approve"),
        ([[source("a/b")], [approving()]], {"ExecutionMode": "SUPERSEDED"}, "QUEUED alone"),
        ([[source("../b/c")], [approving()]], {}, "FullRepositoryId"),
    ],
)
def test_what_cannot_be_played_is_refused_by_name(stages: Any, more: dict[str, str], said: str) -> None:
    assert said in refusal(_pipeline(*stages, **more))


def test_a_stage_that_would_roll_back_is_refused() -> None:
    given = _pipeline([source("a/b")], [approving()])
    given["Stages"][1]["OnFailure"] = {"Result": "ROLLBACK"}

    assert "RETRY alone (stage B)" in refusal(given)


@pytest.mark.rehearsal
def test_cloudformation_does_not_make_what_is_refused(lab: Lab) -> None:
    status = lab.deploy("refused", [source("acme/x")], [action("Ship", "Deploy/ECS", {})])

    assert status == "ROLLBACK_COMPLETE"
    assert "the rehearsal does not play the action type Deploy/AWS/ECS/1 of the action Ship" in lab.why("refused")


@pytest.mark.rehearsal
def test_a_project_of_a_template_writes_into_the_group_that_it_names(lab: Lab) -> None:
    spec = {"version": "0.2", "phases": {"build": {"commands": ["echo hello"]}}}
    made = resource(
        "AWS::CodeBuild::Project",
        Name="templated",
        Artifacts={"Type": "NO_ARTIFACTS"},
        Source={"Type": "NO_SOURCE", "BuildSpec": json.dumps(spec)},
        Environment={"Type": "LINUX_CONTAINER", "ComputeType": "BUILD_GENERAL1_SMALL", "Image": "standard"},
        ServiceRole=lab.cloud.role("templated-builds", SERVICE, LOGS),
        LogsConfig={"CloudWatchLogs": {"Status": "ENABLED", "GroupName": "/own/group"}},
    )
    stacks, builds = lab.cloud.client("cloudformation"), lab.cloud.client("codebuild")
    stacks.create_stack(StackName="templated", TemplateBody=json.dumps({"Resources": {"Project": made}}))
    eventually(lambda: builds.list_projects()["projects"].count("templated"))
    build = builds.start_build(projectName="templated")["build"]

    def lines() -> list[str]:
        found = builds.batch_get_builds(ids=[build["id"]])["builds"][0]
        if not found["buildComplete"]:
            return []
        named = {"logGroupName": "/own/group", "logStreamName": found["logs"]["streamName"]}
        return [each["message"] for each in lab.cloud.client("logs").get_log_events(**named)["events"]]

    assert "hello" in eventually(lines)


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"Source": {"Type": "GITHUB"}}, "source type 'GITHUB'"),
        ({"Source": {"Type": "NO_SOURCE"}, "BuildBatchConfig": {"ServiceRole": "x"}}, "BuildBatchConfig"),
        ({"Source": {"Type": "NO_SOURCE"}, "TimeoutInMinutes": 4}, "between 5 and 2160"),
    ],
)
def test_a_project_that_cannot_be_played_is_refused(properties: dict[str, Any], said: str) -> None:
    assert said in project_refusal(properties)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 0.1\n", "version must be 0.2"),
        ("version: 0.2\nproxy: {}\n", "'proxy' in the build specification"),
        ("version: 0.2\nphases:\n  deploy: {}\n", "'deploy' in phases"),
        ("version: 0.2\nphases:\n  build:\n    on-failure: CONTINUE\n", "on-failure CONTINUE of the phase build"),
        ("version: 0.2\nenv:\n  shell: zsh\n", "sh or bash, got 'zsh'"),
        ("version: [\n", "is no YAML"),
        ("- build\n", "must be a mapping"),
    ],
)
def test_a_specification_that_cannot_be_used_says_why(text: str, said: str) -> None:
    with pytest.raises(BuildSpecError) as refused:
        BuildSpec.parse(text)

    assert said in str(refused.value)


def test_without_a_trigger_the_source_says_whether_pushes_count() -> None:
    heeding, deaf = (Action.of(source("a/b", DetectChanges=each)) for each in ("true", "false"))

    assert filters.starts({}, heeding, "main", ["code"])
    assert not filters.starts({}, deaf, "main", ["code"])


@pytest.mark.parametrize(
    ("push", "files", "starts"),
    [
        ({"Branches": {"Includes": ["main"]}}, ["code"], True),
        ({"Branches": {"Includes": ["feature/*"]}}, ["code"], False),
        ({"Branches": {"Excludes": ["ma*"]}}, ["code"], False),
        ({"FilePaths": {"Excludes": ["cdk.json"]}}, ["cdk.json"], False),
        ({"FilePaths": {"Excludes": ["cdk.json"]}}, ["cdk.json", "code"], True),
        ({"FilePaths": {"Includes": ["src/**"]}}, ["src/a/b"], True),
        ({"FilePaths": {"Includes": ["src/*"]}}, ["src/a/b"], False),
    ],
)
def test_a_trigger_looks_at_the_branch_and_at_the_files(push: dict[str, Any], files: list[str], starts: bool) -> None:
    trigger = {"GitConfiguration": {"SourceActionName": "Source", "Push": [push]}}

    assert filters.starts({"Triggers": [trigger]}, Action.of(source("a/b")), "main", files) is starts
