"""What the stack of the pipeline promises: what runs in which order, who is told, and that nothing else changes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from aws_cdk import App
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from greenlight_cdk.pipeline.approval import question

from app import build, committed_context
from tests.pipeline_settings import CONNECTION, PIPELINE
from tests.strict_settings import STRICT
from tests.synth.account import Account
from tests.synth.conftest import FAIL_AT_SYNTH, Synthesize
from tests.synth.templates import Template, only, properties, resources, text
from tests.synth.test_stages import OWN, crossing

NAME = "GreenlightPipeline"
UNLIKE: Mapping[str, Any] = {
    **PIPELINE,
    "pipeline_approval": False,
    "log_retention_days": 90,
    "notify_email": "ops@example.com",
    "image_platform": "linux/arm64",
    "instance_type": "t4g.medium",
}
"""Every setting of a pipeline as it is not by default."""
BUILDS = ("Check", "Image", "Plan", "Release", "Record")


@pytest.fixture
def template(synthesize: Synthesize) -> Template:
    return synthesize(**PIPELINE)[NAME]


def stages(template: Template) -> dict[str, list[dict[str, Any]]]:
    """The actions of each stage, in their order."""
    return {stage["Name"]: stage["Actions"] for stage in only(template, "CodePipeline::Pipeline")["Stages"]}


def specification(template: Template, build: str) -> dict[str, Any]:
    """What a project runs."""
    (found,) = (each for each in properties(template, "CodeBuild::Project") if each["Name"] == f"{NAME}-{build}")
    document: dict[str, Any] = json.loads(found["Source"]["BuildSpec"])
    return document


@pytest.mark.parametrize("flags", [{"compute": "fargate"}, STRICT], ids=["fargate", "ec2 strict"])
def test_no_other_stack_changes(synthesize: Synthesize, flags: dict[str, Any]) -> None:
    without, beside = synthesize(**flags), synthesize(**flags, **PIPELINE)

    assert beside.keys() - without.keys() == {NAME}
    assert {name: text(template) for name, template in without.items()} == {
        name: text(template) for name, template in beside.items() if name != NAME
    }


def test_runs_wait_for_each_other_and_none_is_dropped(template: Template) -> None:
    pipeline = only(template, "CodePipeline::Pipeline")

    assert (pipeline["PipelineType"], pipeline["ExecutionMode"]) == ("V2", "QUEUED")
    assert pipeline["RestartExecutionOnUpdate"] is False


def test_the_stages_are_in_their_order(template: Template) -> None:
    assert list(stages(template)) == ["Source", "Check", "Images", "Release"]


def test_nothing_is_planned_while_an_earlier_run_waits_or_releases(template: Template) -> None:
    """One execution at a time is in a stage, not in the pipeline (concepts-how-it-works, "QUEUED mode")."""
    order = [(each["Name"], each["RunOrder"]) for each in stages(template)["Release"]]

    assert order == [("Plan-shop", 1), ("Approve", 2), ("Release-shop", 3), ("Record", 4)]


def test_nobody_is_asked_without_approval(synthesize: Synthesize) -> None:
    template = synthesize(**UNLIKE)[NAME]

    assert [each["Name"] for each in stages(template)["Release"]] == ["Plan-shop", "Release-shop", "Record"]
    assert "Approve" not in text(template)


@pytest.mark.parametrize(("flags", "approved"), [(PIPELINE, "true"), (UNLIKE, "false")])
def test_permissions_are_widened_only_where_a_person_saw_the_plan(
    synthesize: Synthesize, flags: Mapping[str, Any], approved: str
) -> None:
    assert environment(synthesize(**flags)[NAME], "Release")["APPROVED"] == approved


def environment(template: Template, build: str) -> dict[str, Any]:
    """What every build of a project is told."""
    (found,) = (each for each in properties(template, "CodeBuild::Project") if each["Name"] == f"{NAME}-{build}")
    return {each["Name"]: each["Value"] for each in found["Environment"].get("EnvironmentVariables", [])}


def test_the_approval_says_version_color_what_is_live_and_leads_to_the_commit(template: Template) -> None:
    (asked,) = (each for each in stages(template)["Release"] if each["Name"] == "Approve")
    said = asked["Configuration"]

    assert said["CustomData"] == (
        "shop #{PlanShop.VERSION} to #{PlanShop.COLOR}, live is #{PlanShop.LIVE}; commit #{PlanShop.COMMIT}"
    )
    assert text(said["ExternalEntityLink"]).endswith('FullRepositoryId=acme/storefront&Commit=#{Commit.CommitId}"]]}')
    assert said["NotificationArn"] == {"Ref": next(iter(resources(template, "SNS::Topic")))}
    assert asked["TimeoutInMinutes"] == 168 * 60


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (8, "shop7 #{PlanShop7.VERSION} to #{PlanShop7.COLOR}, live is #{PlanShop7.LIVE}; commit #{PlanShop0.COMMIT}"),
        (16, "shop15 #{PlanShop15.VERSION}; commit #{PlanShop0.COMMIT}"),
        (40, "40 services, each as the log of its action Plan says; commit #{PlanShop0.COMMIT}"),
    ],
)
def test_the_approval_says_as_much_as_codepipeline_takes(count: int, said: str) -> None:
    """CodePipeline API, ActionDeclaration: a value of the configuration has up to 1,000 characters."""
    asked = question([f"shop{number}" for number in range(count)])

    assert len(asked) <= 1000
    assert asked.endswith(said)


def test_a_release_is_told_what_was_planned_and_services_follow_one_another(synthesize: Synthesize) -> None:
    both = {
        name: {
            "blue_version": "1.0.0",
            "green_version": "1.0.0",
            "paths": [f"/{name}/*"],
            "blue_port": port,
            "green_port": port + 1,
            "priority": priority,
        }
        for name, port, priority in (("shop", 3000, 100), ("order-report", 3010, 98))
    }
    actions = stages(synthesize(services=json.dumps(both), **PIPELINE)[NAME])["Release"]
    releases = [each for each in actions if each["Name"].startswith("Release-")]
    told = [
        {each["name"]: each["value"] for each in json.loads(action["Configuration"]["EnvironmentVariables"])}
        for action in releases
    ]

    assert [action["RunOrder"] for action in releases] == [3, 4]
    assert told == [
        {"SERVICE": service, **{each: f"#{{{plan}.{each}}}" for each in ("VERSION", "DIGEST", "LIVE")}}
        for service, plan in (("shop", "PlanShop"), ("order-report", "PlanOrderReport"))
    ]


def test_nothing_is_tried_again_or_rolled_back_by_codepipeline(template: Template) -> None:
    for stage in only(template, "CodePipeline::Pipeline")["Stages"]:
        assert set(stage) == {"Name", "Actions"}


def test_a_push_to_the_branch_starts_a_run_but_not_what_a_run_itself_records(template: Template) -> None:
    (trigger,) = only(template, "CodePipeline::Pipeline")["Triggers"]

    assert trigger["GitConfiguration"]["Push"] == [
        {"Branches": {"Includes": ["main"]}, "FilePaths": {"Excludes": ["cdk.json"]}}
    ]


def test_builds_clone_the_repository_through_the_connection(template: Template) -> None:
    (source,) = stages(template)["Source"]

    assert source["Configuration"] == {
        "ConnectionArn": CONNECTION,
        "FullRepositoryId": "acme/storefront",
        "BranchName": "main",
        "OutputArtifactFormat": "CODEBUILD_CLONE_REF",
    }
    assert source["Namespace"] == "Commit"


@pytest.mark.parametrize("build", BUILDS)
def test_a_build_runs_commands_of_the_project_in_bash(template: Template, build: str) -> None:
    found = specification(template, build)
    commands = [each for phase in found["phases"].values() for each in phase["commands"]]

    assert found["env"]["shell"] == "bash"
    assert commands[0] == "make setup"
    assert all(re.fullmatch(r"make \w+|(bash|\.) (build/)?delivery/\w+\.(sh|env)", each) for each in commands)


def test_the_checks_are_the_projects_own(template: Template) -> None:
    assert specification(template, "Check")["phases"]["build"]["commands"] == ["make check", "make audit", "make test"]


def test_the_build_that_pushes_alone_gets_credentials_for_git(template: Template) -> None:
    given = {build: specification(template, build)["env"].get("git-credential-helper") for build in BUILDS}

    assert given == {**dict.fromkeys(BUILDS), "Record": "yes"}


def test_a_plan_hands_on_what_the_approval_and_the_release_name(template: Template) -> None:
    handed_on = set(specification(template, "Plan")["env"]["exported-variables"])
    named = set(re.findall(r"#\{PlanShop\.(\w+)\}", text(only(template, "CodePipeline::Pipeline"))))

    assert handed_on == named == {"VERSION", "DIGEST", "COLOR", "LIVE", "COMMIT"}


def test_a_release_has_longer_than_its_switch_may_take(template: Template) -> None:
    minutes = {each["Name"]: each["TimeoutInMinutes"] for each in properties(template, "CodeBuild::Project")}

    assert minutes[f"{NAME}-Release"] >= 90


def test_docker_alone_makes_a_build_privileged(template: Template) -> None:
    privileged = [
        each["Name"] for each in properties(template, "CodeBuild::Project") if each["Environment"]["PrivilegedMode"]
    ]

    assert privileged == [f"{NAME}-Image"]


@pytest.mark.parametrize(
    ("flags", "platform", "kind"),
    [(PIPELINE, "linux/amd64", "LINUX_CONTAINER"), (UNLIKE, "linux/arm64", "ARM_CONTAINER")],
)
def test_images_are_built_on_the_platform_that_they_run_on(
    synthesize: Synthesize, flags: Mapping[str, Any], platform: str, kind: str
) -> None:
    template = synthesize(**flags)[NAME]
    kinds = {each["Name"]: each["Environment"]["Type"] for each in properties(template, "CodeBuild::Project")}

    assert environment(template, "Image") == {"PLATFORM": platform}
    assert kinds.pop(f"{NAME}-Image") == kind
    assert set(kinds.values()) == {"LINUX_CONTAINER"}


def test_no_variable_comes_from_a_secret(template: Template) -> None:
    listed = [
        variable
        for each in properties(template, "CodeBuild::Project")
        for variable in each["Environment"].get("EnvironmentVariables", [])
    ]

    assert listed
    assert {each["Type"] for each in listed} == {"PLAINTEXT"}
    assert {each["Name"] for each in listed} == {"PLATFORM", "APPROVED", "BRANCH"}
    assert not re.search("secretsmanager|ssm|SECRETS_MANAGER|PARAMETER_STORE", text(template))


def test_the_bucket_is_private_encrypted_and_kept(template: Template) -> None:
    (bucket,) = resources(template, "S3::Bucket").values()
    (statement,) = only(template, "S3::BucketPolicy")["PolicyDocument"]["Statement"]

    assert bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"] == [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    ]
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_each_build_has_a_log_that_ends(synthesize: Synthesize) -> None:
    template = synthesize(**UNLIKE)[NAME]
    written = [each["LogsConfig"]["CloudWatchLogs"]["GroupName"] for each in properties(template, "CodeBuild::Project")]

    assert [each["RetentionInDays"] for each in properties(template, "Logs::LogGroup")] == [90] * len(BUILDS)
    assert sorted(each["Ref"] for each in written) == sorted(resources(template, "Logs::LogGroup"))


def test_people_hear_how_a_run_ended_and_why_one_failed(template: Template) -> None:
    topic = {"Ref": next(iter(resources(template, "SNS::Topic")))}
    rules = {each["EventPattern"]["detail-type"][0]: each for each in properties(template, "Events::Rule")}
    ended, failed = (rules[f"CodePipeline {kind} Execution State Change"] for kind in ("Pipeline", "Action"))

    assert ended["EventPattern"]["detail"] == {"pipeline": [NAME], "state": ["STOPPED", "SUCCEEDED", "SUPERSEDED"]}
    assert failed["EventPattern"]["detail"] == {"pipeline": [NAME], "state": ["FAILED"]}
    assert [target["Arn"] for each in rules.values() for target in each["Targets"]] == [topic, topic]
    assert "$.detail.execution-result.external-execution-summary" in text(failed["Targets"][0])


def test_the_address_for_pages_hears_of_the_pipeline_too(synthesize: Synthesize) -> None:
    told = only(synthesize(**UNLIKE)[NAME], "SNS::Subscription")

    assert (told["Protocol"], told["Endpoint"]) == ("email", "ops@example.com")


def test_it_is_deployed_by_whoever_types_the_command_and_not_through_the_bootstrap(
    synthesize: Synthesize, built: Callable[..., App]
) -> None:
    synthesize(**PIPELINE)
    stacks = {each.stack_name: each for each in built(**PIPELINE).synth().stacks}

    assert stacks["GreenlightEdge"].assume_role_arn
    assert not stacks[NAME].assume_role_arn
    assert not stacks[NAME].cloud_formation_execution_role_arn


def test_the_boundary_of_a_narrower_bootstrap_is_on_other_roles_alone() -> None:
    bound = {"@aws-cdk/core:permissionsBoundary": {"name": "cdk-greenlight-boundary"}}
    app = App(context={**committed_context(), FAIL_AT_SYNTH: False, **bound, **PIPELINE})
    build(app)
    roles = {stack.stack_name: properties(stack.template, "IAM::Role") for stack in app.synth().stacks}

    assert not [each for each in roles[NAME] if "PermissionsBoundary" in each]
    assert [each for each in roles["GreenlightSwitch"] if "PermissionsBoundary" in each]


def test_no_pipeline_of_one_stage_reaches_the_other(synthesize: Synthesize) -> None:
    flags = {"stages": OWN, **PIPELINE}
    production, staging = Account(synthesize(**flags)), Account(synthesize(**flags, stage="staging"))

    for own, other in ((production, staging), (staging, production)):
        found = [arn for reach, arn in crossing(own, other) if "Pipeline/" in reach.policy]
        assert {arn for arn in found if ":elasticloadbalancing:" not in arn} == set()
        names = {name for kind, name in own.chosen_names() if kind.startswith("AWS::Code")}
        assert names
        assert not names & {name for kind, name in other.chosen_names() if kind.startswith("AWS::Code")}


def test_a_stages_builds_are_told_which_stage_they_are_about(synthesize: Synthesize) -> None:
    template = synthesize(stages=OWN, stage="staging", **PIPELINE)["GreenlightStagingPipeline"]
    told = {
        each["Name"].rpartition("-")[2]: {
            variable["Name"]: variable["Value"] for variable in each["Environment"].get("EnvironmentVariables", [])
        }
        for each in properties(template, "CodeBuild::Project")
    }

    assert {build: variables.get("GREENLIGHT_STAGE") for build, variables in told.items()} == {
        "Check": "staging",
        "Image": "staging",
        "Plan": "staging",
        "Release": "staging",
        "Record": "staging",
    }


@pytest.mark.parametrize("stage", ["", "staging"])
def test_the_stack_passes_every_rule_of_cdk_nag(synthesize: Synthesize, built: Callable[..., App], stage: str) -> None:
    flags = {"stages": OWN, **PIPELINE, **({"stage": stage} if stage else {})}
    synthesize(**flags)
    app = built(**flags)

    violations = AwsSolutionsChecks(app).validate_scope(app).violations
    assert not [violation.rule_name for violation in violations]


def test_cfn_lint_finds_nothing(template: Template) -> None:
    found = lint(json.dumps(template), config=ManualArgs(regions=["us-east-1"], ignore_checks=["W3005"]))

    assert not found, "\n".join(map(str, found))
