"""Builds run their own commands, as CodeBuild runs them.

Source: CodeBuild user guide, "Build specification reference for CodeBuild" (build-spec-ref), "Build phase transitions"
(view-build-details) and "Environment variables in build environments" (build-env-ref-env-vars).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.builds import phases, project, statuses
from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    hurry = {"GREENLIGHT_PIPELINE_MINUTE_SECONDS": "0.2", "GREENLIGHT_KEY_OF_MINE": "inherited", "AWS_PROFILE": "mine"}
    with started(tmp_path_factory.mktemp("cloud"), "iam", "cloudformation", "codebuild", **hurry) as cloud:
        yield cloud


def test_all_phases_run_in_order(cloud: LocalCloud) -> None:
    order = {name: [f"echo {name}"] for name in ("install", "pre_build", "build", "post_build")}
    made = project(cloud, "order", phases(**order))

    build = made.build()

    assert build["buildStatus"] == "SUCCEEDED"
    assert made.log() == "install\npre_build\nbuild\npost_build"
    assert set(statuses(build).values()) == {"SUCCEEDED"}


def test_a_variable_and_the_folder_live_on_into_later_phases(cloud: LocalCloud) -> None:
    """build-spec-ref: version 0.2 runs all commands in the same instance of the shell."""
    made = project(
        cloud, "shell", phases(install=["mkdir in", "cd in", "X='a  b'"], build=['echo "$X"; basename $PWD'])
    )

    made.build()

    assert made.log() == "a  b\nin"


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_post_build_runs_after_a_build_that_failed_and_knows_it(cloud: LocalCloud, shell: str) -> None:
    spec = phases(build=["Y=kept", "exit 3", "echo never"], post_build=['echo "$CODEBUILD_BUILD_SUCCEEDING $Y"'])
    made = project(cloud, f"failing-{shell}", {**spec, "env": {"shell": shell}})

    build = made.build()

    assert build["buildStatus"] == "FAILED"
    assert made.log() == "0 kept"
    assert statuses(build) == {
        "INSTALL": "SUCCEEDED",
        "PRE_BUILD": "SUCCEEDED",
        "BUILD": "FAILED",
        "POST_BUILD": "SUCCEEDED",
    }


def test_the_command_that_failed_is_named_with_its_code(cloud: LocalCloud) -> None:
    build = project(cloud, "named", phases(build=["true", "(exit 7)"])).build()

    (context,) = next(each for each in build["phases"] if each["phaseType"] == "BUILD")["contexts"]
    assert context["statusCode"] == "COMMAND_EXECUTION_ERROR"
    assert context["message"] == "Error while executing command: (exit 7). Reason: exit status 7"


@pytest.mark.parametrize("first", ["install", "pre_build"])
def test_nothing_follows_a_phase_that_failed_before_the_build(cloud: LocalCloud, first: str) -> None:
    spec = phases(**{first: ["false"]}, build=["echo built"], post_build=["echo after"])
    made = project(cloud, f"first-{first}", spec)

    assert made.build()["buildStatus"] == "FAILED"
    assert made.log() == ""


def test_on_failure_abort_keeps_post_build_from_running(cloud: LocalCloud) -> None:
    spec = phases(build=["false"], post_build=["echo after"])
    spec["phases"]["build"]["on-failure"] = "ABORT"
    made = project(cloud, "abort", spec)

    assert made.build()["buildStatus"] == "FAILED"
    assert made.log() == ""


def test_finally_runs_after_a_command_that_failed(cloud: LocalCloud) -> None:
    spec = {"phases": {"build": {"commands": ["false"], "finally": ['echo "at last $CODEBUILD_BUILD_SUCCEEDING"']}}}
    made = project(cloud, "finally", spec)

    assert made.build()["buildStatus"] == "FAILED"
    assert made.log() == "at last 0"


def test_a_finally_that_fails_fails_the_phase(cloud: LocalCloud) -> None:
    made = project(cloud, "finally-fails", {"phases": {"build": {"commands": ["true"], "finally": ["false"]}}})

    assert statuses(made.build())["BUILD"] == "FAILED"


def test_the_call_wins_over_the_project_and_that_over_the_specification(cloud: LocalCloud) -> None:
    spec = {**phases(build=["echo $A $B $C"]), "env": {"variables": {"A": "spec", "B": "spec", "C": "spec"}}}
    declared = [{"name": name, "value": "project"} for name in ("B", "C")]
    made = project(cloud, "variables", spec, environment={"environmentVariables": declared})

    made.build(environmentVariablesOverride=[{"name": "C", "value": "call"}])

    assert made.log() == "spec project call"


def test_exported_variables_are_those_in_the_environment_at_the_end(cloud: LocalCloud) -> None:
    spec = phases(build=["export A='1 2'", "B=unexported"], post_build=["export A=$A+3"])
    made = project(cloud, "exporting", {**spec, "env": {"exported-variables": ["A", "B", "C"]}})

    assert made.build()["exportedEnvironmentVariables"] == [{"name": "A", "value": "1 2+3"}]


def test_a_build_sees_nothing_of_who_rehearses(cloud: LocalCloud) -> None:
    made = project(cloud, "alone", phases(build=["env", "ls -A $HOME", "echo home=$HOME"]))

    made.build()

    assert "KEY_OF_MINE" not in made.log()
    assert "AWS_PROFILE" not in made.log()
    assert "AWS_ACCESS_KEY_ID" not in made.log()
    assert f"home={Path.home()}\n" not in made.log() + "\n"


def test_a_build_finds_its_roles_credentials_where_a_container_does(cloud: LocalCloud) -> None:
    address = "os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI']"
    ask = f"import json, os, urllib.request as u; print(json.load(u.urlopen({address}))['AccessKeyId'][:4])"
    made = project(cloud, "rights", phases(build=[f'python3 -c "{ask}"']))

    made.build()

    assert made.log() == "ASIA"


def test_a_stored_parameter_is_read_with_the_roles_rights(cloud: LocalCloud) -> None:
    cloud.client("ssm").put_parameter(Name="/shop/key", Value="stored", Type="String")
    spec = {**phases(build=["echo $KEY"]), "env": {"parameter-store": {"KEY": "/shop/key"}}}
    reading = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*"}
    allowed, refused = project(cloud, "reader", spec, reading), project(cloud, "stranger", spec)

    assert (allowed.build()["buildStatus"], allowed.log()) == ("SUCCEEDED", "stored")
    assert refused.build()["buildStatus"] == "FAILED"


def test_a_role_that_may_not_write_its_log_fails_the_build(cloud: LocalCloud) -> None:
    role = cloud.role("silent", "codebuild.amazonaws.com")
    build = project(cloud, "unlogged", phases(build=["true"]), role=role).build()

    (context,) = build["phases"][0]["contexts"]
    assert build["buildStatus"] == "FAILED"
    assert context["message"].startswith("ACCESS_DENIED: Service role")


def test_a_role_that_does_not_trust_codebuild_fails_the_build(cloud: LocalCloud) -> None:
    logs = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    role = cloud.role("lambdas", "lambda.amazonaws.com", logs)
    build = project(cloud, "untrusted", phases(build=["true"]), role=role).build()

    assert build["phases"][0]["contexts"][0]["message"].startswith("CodeBuild is not authorized to perform")


def test_the_log_is_in_cloudwatch_too(cloud: LocalCloud) -> None:
    build = project(cloud, "logged", phases(build=["echo hello"])).build()

    events = cloud.client("logs").get_log_events(
        logGroupName=build["logs"]["groupName"], logStreamName=build["logs"]["streamName"]
    )["events"]
    assert "hello" in [each["message"] for each in events]


def test_a_build_that_takes_too_long_is_ended(cloud: LocalCloud) -> None:
    """create-project: a timeout from 5 minutes; a minute takes 0.2 seconds here."""
    build = project(cloud, "slow", phases(build=["sleep 30"]), timeoutInMinutes=5).build()

    assert build["buildStatus"] == "TIMED_OUT"


def test_stopping_a_build_ends_whatever_it_started(cloud: LocalCloud, tmp_path: Path) -> None:
    mark = tmp_path / "child"
    made = project(cloud, "stopped", phases(build=[f"(sleep 1; touch {mark}) & touch {mark}.begun; wait"]))
    client = cloud.client("codebuild")
    build = client.start_build(projectName="stopped")["build"]["id"]
    assert eventually(Path(f"{mark}.begun").exists)

    client.stop_build(id=build)

    assert made.ended(build)["buildStatus"] == "STOPPED"
    assert not eventually(mark.exists, 1.5)


def test_what_is_not_played_of_a_specification_is_refused_by_name(cloud: LocalCloud) -> None:
    build = project(cloud, "batches", {**phases(build=["true"]), "batch": {}}).build()

    assert "the rehearsal does not play 'batch'" in build["phases"][1]["contexts"][0]["message"]


def test_nothing_but_the_log_is_left_of_a_build(cloud: LocalCloud) -> None:
    project(cloud, "tidy", phases(build=["touch here"])).build()

    assert not list((cloud.run_dir / "tmp").glob("build-*"))


def test_docker_says_that_it_is_not_played(cloud: LocalCloud) -> None:
    made = project(cloud, "images", phases(build=["docker build ."]))

    assert made.build()["buildStatus"] == "FAILED"
    assert "a rehearsed build has no Docker" in made.log()


def test_looking_at_a_build_is_a_right_on_its_project(cloud: LocalCloud) -> None:
    build = project(cloud, "looked-at", phases(build=["true"])).build()["id"]
    project_arn = "arn:aws:codebuild:us-east-1:000000000000:project"
    own = cloud.user("codebuild", "own", ["codebuild:BatchGetBuilds"], f"{project_arn}/looked-at")
    other = cloud.user("codebuild", "other", ["codebuild:BatchGetBuilds"], f"{project_arn}/other")

    assert own.batch_get_builds(ids=[build])["builds"]
    with pytest.raises(other.exceptions.ClientError, match="AccessDenied"):
        other.batch_get_builds(ids=[build])
