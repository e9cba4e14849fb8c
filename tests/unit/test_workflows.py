"""GitHub's workflows: what each job may, that all they name is there, and that they deliver."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from greenlight.cli import commands
from greenlight.facts import unrecorded
from greenlight.project import CHECKOUT
from stacks.options.compute import RENEWED_AT
from stacks.settings import Settings
from tests.unit.operator_world import GREEN
from tests.unit.test_delivery_scripts import Clone, clone, git
from tests.unit.test_facts import FIRST, RELEASED, SHOP
from tests.unit.workflows import FOLDER, Player, expressions, jobs, needs, steps, workflow

__all__ = ["clone"]

NAMES = sorted(file.stem for file in FOLDER.glob("*.yml"))
JOBS = [(name, job) for name in NAMES for job in jobs(name)]
SCRIPTS = sorted((CHECKOUT / "delivery").rglob("*.sh"))
ROLES = {"GREENLIGHT_PUSH_ROLE", "GREENLIGHT_PLAN_ROLE", "GREENLIGHT_RELEASE_ROLE"}
RELEASE_SECONDS = 7200
"""What GreenlightGithub allows a session of the role for releases: tests/synth/test_github_access.py."""
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
EMPTY_CONTEXT = {"services": {"shop": {"blue_version": "1", "green_version": "1"}}}


def runs() -> Iterator[str]:
    for name, job in JOBS:
        yield from (step["run"] for step in steps(jobs(name)[job]) if "run" in step)


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_pinned_by_a_commit_and_says_its_version(name: str) -> None:
    used = [line.strip(" -") for line in (FOLDER / f"{name}.yml").read_text().splitlines() if "uses:" in line]

    assert used
    assert not [line for line in used if not PINNED.fullmatch(line)]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_allowed_that_no_job_asks_for(name: str) -> None:
    assert workflow(name)["permissions"] == {}


def test_each_job_may_do_what_it_is_for() -> None:
    reads, signs = {"contents": "read"}, {"contents": "read", "id-token": "write"}

    assert {(name, job): jobs(name)[job]["permissions"] for name, job in JOBS} == {
        ("check", "make"): reads,
        ("plan", "plan"): signs,
        ("release", "check"): reads,
        ("release", "services"): reads,
        ("release", "image"): signs,
        ("release", "join"): {**signs, "attestations": "write"},
        ("release", "plan"): signs,
        ("release", "release"): signs,
        ("release", "record"): {"contents": "write", "id-token": "write"},
    }


def test_each_role_is_taken_by_the_jobs_that_it_trusts() -> None:
    taken = {
        (name, job): step["with"]["role-to-assume"]
        for name, job in JOBS
        for step in steps(jobs(name)[job])
        if "configure-aws-credentials" in step.get("uses", "")
    }

    assert taken == {
        ("plan", "plan"): "${{ vars.GREENLIGHT_PLAN_ROLE }}",
        ("release", "image"): "${{ vars.GREENLIGHT_PUSH_ROLE }}",
        ("release", "join"): "${{ vars.GREENLIGHT_PUSH_ROLE }}",
        ("release", "plan"): "${{ vars.GREENLIGHT_PLAN_ROLE }}",
        ("release", "release"): "${{ vars.GREENLIGHT_RELEASE_ROLE }}",
        ("release", "record"): "${{ vars.GREENLIGHT_PLAN_ROLE }}",
    }


def test_branch_and_environment_are_those_that_the_roles_trust_by_default() -> None:
    settings = Settings.from_context(EMPTY_CONTEXT)

    assert workflow("release")["on"]["push"]["branches"] == [settings.github_branch]
    assert jobs("release")["services"]["if"] == f"github.ref == 'refs/heads/{settings.github_branch}'"
    environments = {job: body["environment"] for job, body in jobs("release").items() if "environment" in body}
    assert environments == {"release": settings.github_environment}


def test_releases_wait_for_each_other_and_none_is_dropped() -> None:
    assert workflow("release")["concurrency"] == {
        "group": "release-production",
        "cancel-in-progress": False,
        "queue": "max",
    }


def test_a_release_has_credentials_for_as_long_as_it_may_take() -> None:
    job = jobs("release")["release"]
    (seconds,) = (
        step["with"]["role-duration-seconds"] for step in steps(job) if "role-duration-seconds" in step.get("with", ())
    )

    assert seconds == RELEASE_SECONDS == job["timeout-minutes"] * 60


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_what_a_job_needs_is_there(name: str, job: str) -> None:
    body, there = jobs(name)[job], jobs(name)
    given = {f"needs.{need}.outputs.{output}" for need in needs(body) for output in there[need].get("outputs", ())}
    made = {
        f"steps.{step['id']}.outputs.{output}"
        for step in steps(body)
        if "id" in step
        for output in handed_on(step["run"])
    }
    asked = {each for each in re.findall(r"(?:needs|steps)\.[\w.]+", " ".join(expressions(body)))}

    assert set(needs(body)) <= there.keys()
    assert asked <= given | made


def handed_on(run: str) -> set[str]:
    """The outputs that a step's script writes."""
    script = (CHECKOUT / run.removeprefix("bash ")).read_text()
    (line,) = re.findall(r"^ *printf '(.+)' .*>>\"\$GITHUB_OUTPUT\"$", script, re.MULTILINE)
    return set(re.findall(r"(\w+)=%s", line.replace("\\n", " ")))


def test_no_step_has_an_expression_in_its_shell() -> None:
    """Whoever names a branch could otherwise write shell."""
    assert not [run for run in runs() if "${{" in run]


@pytest.mark.parametrize("run", sorted(set(runs())))
def test_every_step_is_shell_and_what_it_runs_is_there(run: str) -> None:
    assert subprocess.run(["bash", "-n"], input=run, text=True, check=False).returncode == 0
    missing = [file for file in re.findall(r"bash (\S+)", run) if not (CHECKOUT / file).is_file()]
    assert not missing
    targets = re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"^make (\S+)", run, re.MULTILINE)) <= set(targets)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_script_is_shell_and_types_commands_that_exist(script: Path) -> None:
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    for line in re.findall(r"^ *greenlight (.+?)(?: &&| >&2.*)?$", script.read_text(), re.MULTILINE):
        words = line.split()
        command: click.Command = commands.commands[words[0]]
        if isinstance(command, click.Group):
            command = command.commands[words[1]]
        known = {name for option in command.params for name in option.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_ci_runs_what_the_project_runs_everywhere() -> None:
    lines = (CHECKOUT / ".ci" / "run").read_text().splitlines()
    listed = [re.sub("^(offline|beside) ", "", line) for line in lines if re.match("((offline|beside) )?make ", line)]

    assert jobs("check")["make"]["strategy"]["matrix"]["command"] == listed


def test_ci_checks_without_a_network_where_the_machine_lets_it(clone: Clone) -> None:
    """`make` says here how many interfaces it finds: there is the loopback alone where there is no network."""
    shutil.copytree(CHECKOUT / ".ci", clone.folder / ".ci")
    fake = clone.folder / ".venv" / "bin" / "make"
    fake.write_text('#!/bin/sh\necho "make $*: $(grep -c : /proc/net/dev | tr -d "\\n")"\n')
    fake.chmod(0o755)
    found = {"PATH": f"{fake.parent}:{clone.environment['PATH']}"}
    ended = subprocess.run([".ci/run"], cwd=clone.folder, env=found, capture_output=True, text=True, check=True)

    said = dict(line.split(": ") for line in ended.stdout.splitlines())
    assert said["make check"] == "1" or "lets nobody make a network namespace" in ended.stderr
    assert said["make setup"] == said["make test"]


def test_ci_fails_with_what_plays_beside_the_acts(clone: Clone) -> None:
    shutil.copytree(CHECKOUT / ".ci", clone.folder / ".ci")
    fake = clone.folder / ".venv" / "bin" / "make"
    fake.write_text('#!/bin/sh\n[ "$*" != simulate ] || { echo "1 broken"; exit 3; }\n')
    fake.chmod(0o755)
    found = {"PATH": f"{fake.parent}:{clone.environment['PATH']}"}
    ended = subprocess.run([".ci/run"], cwd=clone.folder, env=found, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (3, "1 broken\n")


@pytest.fixture
def player(clone: Clone) -> Player:
    """A clone whose cdk.json is as in a repository that delivers, and the variables of one."""
    body = {"context": {"image_platform": "linux/arm64", "services": {"shop": {}, "report": {}}}, "live": "blue 1.0.0"}
    (clone.folder / "cdk.json").write_text(json.dumps(body))
    git(clone.folder, "commit", "--quiet", "--all", "--message", "Two services")
    cdk = clone.folder / "node_modules" / ".bin" / "cdk"
    cdk.write_text("#!/usr/bin/env bash\necho 'IAM Statement Changes' \"$@\"\n")
    cdk.chmod(0o755)
    aws = clone.folder / ".venv" / "bin" / "aws"
    aws.write_text(aws.read_text() + 'case "$1" in sts) echo 123456789012 ;; esac\n')
    told = {"AWS_REGION": "eu-west-1", "GITHUB_SERVER_URL": "https://github.com"}
    own = {name: value for name, value in clone.environment.items() if name not in ("SERVICE", "IMAGES", "PLATFORM")}
    path = f"{clone.folder / '.venv' / 'bin'}:{own['PATH']}"
    return Player(clone.folder, {**own, **told, "PATH": path}, {"GREENLIGHT_REVIEWED": "true"})


def test_the_workflow_delivers_every_service(clone: Clone, player: Player) -> None:
    for job in ("services", "image", "join", "plan", "release", "record"):
        for ended in player.play_all("release", job):
            assert ended.returncode == 0, f"{job}: {ended.stderr}"

    assert player.outputs["needs.services.outputs.names"] == '["shop","report"]'
    assert [each["runner"] for each in player.matrix("release", "image")] == ["ubuntu-24.04-arm"] * 2
    assert "push 123456789012.dkr.ecr.eu-west-1.amazonaws.com/greenlight/shop:2.0.0" in clone.said("docker")
    assert [each for each in clone.said("greenlight") if each.startswith("release")] == [
        f"release 2.0.0 --service {service} --yes --if-needed --expect-live blue 1.0.0 --expect-image sha256:abc"
        " --allow-security-changes"
        for service in ("shop", "report")
    ]
    assert '"green 2.0.0"' in clone.git("show", "origin/main:cdk.json")


def test_each_platform_has_a_cache_of_its_own_where_builds_keep_anything(clone: Clone, player: Player) -> None:
    player.environment = {**player.environment, "CACHED": "greenlight.cache/shop"}
    for job in ("services", "image"):
        assert player.play_all("release", job)[0].returncode == 0

    cache = "ref=123456789012.dkr.ecr.eu-west-1.amazonaws.com/greenlight.cache/shop:arm64"
    assert cache in next(each for each in clone.said("docker") if each.startswith("build "))


def test_a_docker_that_can_keep_no_cache_builds_without_one(clone: Clone, player: Player) -> None:
    sudo = clone.folder / ".venv" / "bin" / "sudo"
    sudo.write_text("#!/bin/sh\ncat >/dev/null\n")
    sudo.chmod(0o755)
    player.environment = {**player.environment, "CACHED": "greenlight.cache/shop", "STORE": "[[Backing Filesystem]]"}
    player.play("release", "services")
    ended = player.play_all("release", "image")[0]

    assert ended.returncode == 0, ended.stderr
    assert "::warning::Docker cannot keep a cache in a registry here" in ended.stdout
    assert "--cache-to" not in next(each for each in clone.said("docker") if each.startswith("build "))


STAGES = {"staging": {"image_platform": "linux/amd64", "services": {"shop": {}}}}


@pytest.fixture
def staged(clone: Clone, player: Player) -> Player:
    """As whoever copied the workflows for a stage plays them."""
    body = json.loads((clone.folder / "cdk.json").read_text())
    (clone.folder / "cdk.json").write_text(json.dumps({**body, "context": {**body["context"], "stages": STAGES}}))
    git(clone.folder, "commit", "--quiet", "--all", "--message", "A stage")
    player.environment = {**player.environment, "GREENLIGHT_STAGE": "staging"}
    return player


def test_a_stage_delivers_its_own_services_to_its_own_repositories(clone: Clone, staged: Player) -> None:
    for job in ("services", "image"):
        for ended in staged.play_all("release", job):
            assert ended.returncode == 0, f"{job}: {ended.stderr}"

    assert staged.outputs["needs.services.outputs.names"] == '["shop"]'
    assert [each["runner"] for each in staged.matrix("release", "image")] == ["ubuntu-24.04"]
    assert "push 123456789012.dkr.ecr.eu-west-1.amazonaws.com/greenlight/staging/shop:2.0.0" in clone.said("docker")


def test_a_stage_that_says_no_platform_has_productions(clone: Clone, staged: Player) -> None:
    body = json.loads((clone.folder / "cdk.json").read_text())
    del body["context"]["stages"]["staging"]["image_platform"]
    (clone.folder / "cdk.json").write_text(json.dumps(body))
    staged.play("release", "services")

    assert staged.outputs["needs.services.outputs.platforms"] == '["linux/arm64"]'


def test_a_stage_that_is_not_there_is_refused(staged: Player) -> None:
    staged.environment = {**staged.environment, "GREENLIGHT_STAGE": "stagign"}
    ended = staged.play("release", "services")

    assert ended.returncode == 1
    assert "GREENLIGHT_STAGE: got 'stagign'; allowed: a stage of cdk.json (staging), or nothing" in ended.stderr


def test_a_plan_that_fails_shows_how_far_it_came_and_hands_nothing_on(clone: Clone, player: Player) -> None:
    for job in ("services", "plan"):
        cdk = clone.folder / "node_modules" / ".bin" / "cdk"
        cdk.write_text("#!/bin/sh\necho IAM Statement Changes\nexit 1\n")
        ended = player.play("release", job)

    assert ended.returncode == 1
    assert "IAM Statement Changes" in ended.stdout
    assert "nobody is asked to approve what nobody can read" in ended.stderr
    assert "needs.plan.outputs.plans" not in player.outputs


def test_a_pull_request_shows_what_would_change_of_a_stage(staged: Player) -> None:
    assert "--context stage=staging" in staged.play("plan", "plan").stdout


def test_a_reviewer_reads_the_plan(player: Player) -> None:
    for job in ("services", "plan"):
        player.play("release", job)

    assert player.summary.count("```text\n") == 2
    assert "IAM Statement Changes" in player.summary


def test_a_plan_that_is_larger_than_github_keeps_says_so_and_where_the_whole_is(clone: Clone, player: Player) -> None:
    """Above 1024 KiB the summary of a step is dropped whole, and the step stays green."""
    cdk = clone.folder / "node_modules" / ".bin" / "cdk"
    cdk.write_text("#!/bin/sh\nseq 1 100000\necho the last line\n")
    player.play("release", "services")
    ended = player.play("release", "plan")

    assert len(player.summary.encode()) < 1024 * 1024
    assert [f"The plan of {each} is cut" in player.summary for each in ("shop", "report")] == [True, True]
    assert "the log of the job `plan`" in player.summary
    assert "the last line" not in player.summary
    assert ended.stdout.count("the last line") == 2


def test_a_release_that_fails_ends_the_run_before_the_next_service(clone: Clone, player: Player) -> None:
    for job in ("services", "plan"):
        player.play("release", job)
    player.environment = {**player.environment, "RELEASE_ENDS": "1"}

    assert player.play("release", "release").returncode == 1
    assert len([each for each in clone.said("greenlight") if each.startswith("release")]) == 1


@pytest.mark.parametrize("plans", ["", "[]"])
def test_a_plan_that_was_lost_on_its_way_is_no_release(clone: Clone, player: Player, plans: str) -> None:
    """GitHub leaves out an output in which it finds a secret's value ("Passing information between jobs")."""
    player.outputs["needs.plan.outputs.plans"] = plans
    ended = player.play("release", "release")

    assert ended.returncode == 1
    assert f"PLANS: got '{plans}'; allowed: a list of plans" in ended.stderr
    assert clone.said("greenlight") == []


def pushed_by_another(clone: Clone, file: str, text: str = "later\n") -> None:
    """Somebody pushes another commit, which the checkout of a later attempt sees."""
    here = clone.git("rev-parse", "HEAD")
    (clone.folder / file).write_text(text)
    clone.git("add", file)
    clone.git("commit", "--quiet", "--message", "Change something")
    clone.git("push", "--quiet", "origin", "HEAD:refs/heads/main")
    clone.git("checkout", "--quiet", "--detach", here)
    clone.git("fetch", "--quiet", "origin")


@pytest.mark.parametrize("job", ["services", "release"])
def test_an_old_run_that_is_tried_again_goes_nowhere_back(clone: Clone, player: Player, job: str) -> None:
    for before in ("services", "plan"):
        player.play("release", before)
    asked = len(clone.typed)
    pushed_by_another(clone, "app.py")
    player.attempt = 2
    ended = player.play("release", job)

    assert ended.returncode == 1
    assert "main has other code or settings by now" in ended.stderr
    assert len(clone.typed) == asked


def test_a_first_try_that_waited_is_released_though_there_is_a_newer_commit(clone: Clone, player: Player) -> None:
    for job in ("services", "plan"):
        player.play("release", job)
    pushed_by_another(clone, "app.py")

    assert player.play("release", "release").returncode == 0


def with_shop(clone: Clone, **changed: object) -> str:
    """The cdk.json of the run's commit, with other settings of the shop; with `context` of all services."""
    body = json.loads((clone.folder / "cdk.json").read_text())
    of_all = changed.pop("context", {})
    assert isinstance(of_all, dict)
    body["context"] |= of_all
    body["context"]["services"]["shop"] |= changed
    return json.dumps(body, indent=2)


def recorded_facts() -> dict[str, object]:
    """All that `greenlight record` may write of a service; of all of them it writes when the host was renewed."""
    return {**unrecorded(SHOP, GREEN, [RELEASED, FIRST])}


def test_the_newest_run_may_be_tried_again_after_its_record(clone: Clone, player: Player) -> None:
    clone.git("push", "--quiet", "origin", "HEAD:refs/heads/main")
    renewed = {RENEWED_AT: "2026-11-22T10:55Z"}
    pushed_by_another(clone, "cdk.json", with_shop(clone, **recorded_facts(), context=renewed))
    player.attempt = 2
    ended = player.play("release", "services")

    assert ended.returncode == 0, ended.stderr
    assert len(recorded_facts()) == 4


@pytest.mark.parametrize(
    "changed", [{"context": {"signature_gate": "greenlight_images"}}, {"image_growth_percent": 5}, {"port": None}]
)
def test_an_old_run_does_not_take_back_newer_settings(clone: Clone, player: Player, changed: dict[str, object]) -> None:
    clone.git("push", "--quiet", "origin", "HEAD:refs/heads/main")
    pushed_by_another(clone, "cdk.json", with_shop(clone, **recorded_facts(), **changed))
    player.attempt = 2
    ended = player.play("release", "services")

    assert ended.returncode == 1
    assert "main has other code or settings by now" in ended.stderr


def test_settings_that_cannot_be_read_are_not_taken_for_the_newest(clone: Clone, player: Player) -> None:
    clone.git("push", "--quiet", "origin", "HEAD:refs/heads/main")
    pushed_by_another(clone, "cdk.json", "{")
    player.attempt = 2

    assert player.play("release", "services").returncode == 1


def test_what_looks_for_newer_commits_has_fetched_them() -> None:
    for job in ("services", "release"):
        (checkout,) = (step for step in steps(jobs("release")[job]) if "actions/checkout" in step.get("uses", ""))
        assert checkout["with"]["fetch-depth"] == 0


def test_without_reviewers_no_permission_is_widened(clone: Clone, player: Player) -> None:
    player.variables = {}
    for job in ("services", "plan", "release"):
        player.play("release", job)

    (first, *_) = (each for each in clone.said("greenlight") if each.startswith("release"))
    assert "--allow-security-changes" not in first


def test_a_record_that_cannot_be_pushed_is_a_warning(clone: Clone, player: Player) -> None:
    player.environment = {**player.environment, "NO_RECORD": "1"}
    ended = player.play("release", "record")

    assert ended.returncode == 0
    assert "::warning::The release stands" in ended.stdout


def test_a_platform_that_no_runner_has_is_refused(clone: Clone, player: Player) -> None:
    (clone.folder / "cdk.json").write_text('{"context": {"image_platform": "linux/s390x", "services": {"shop": {}}}}')
    ended = player.play("release", "services")

    assert ended.returncode == 1
    assert 'got ["linux/s390x"]; allowed: linux/amd64 and linux/arm64' in ended.stderr


def test_a_pull_request_shows_what_would_change(clone: Clone, player: Player) -> None:
    ended = player.play("plan", "plan")

    assert ended.returncode == 0, ended.stderr
    assert clone.said("greenlight") == ["record"]
    assert "IAM Statement Changes" in ended.stdout


BOTH = ["linux/amd64", "linux/arm64"]


def delivers_both(clone: Clone) -> None:
    body = json.loads((clone.folder / "cdk.json").read_text())
    body["context"]["build_platforms"] = BOTH
    (clone.folder / "cdk.json").write_text(json.dumps(body))


@pytest.fixture
def both(clone: Clone, player: Player) -> Player:
    """As in a repository that builds for two platforms, up to its images."""
    delivers_both(clone)
    assert player.play("release", "services").returncode == 0
    return player


def build(player: Player, **pushed: str) -> None:
    """Play the jobs of the shop's images; each platform's is pushed as the digest that is given for it."""
    for leg in player.matrix("release", "image"):
        if leg["service"] == "shop":
            digest = pushed.get(leg["architecture"], f"sha256:{leg['architecture']}")
            player.environment = {**player.environment, "PUSHED": digest}
            ended = player.play("release", "image", **leg)
            assert ended.returncode == 0, ended.stderr


def test_each_platform_is_built_on_a_runner_that_has_it(both: Player) -> None:
    assert [(each["service"], each["platform"], each["runner"]) for each in both.matrix("release", "image")] == [
        (service, platform, runner)
        for service in ("shop", "report")
        for platform, runner in (("linux/amd64", "ubuntu-24.04"), ("linux/arm64", "ubuntu-24.04-arm"))
    ]


@pytest.mark.parametrize("written", ["linux/amd64, linux/arm64", '["linux/amd64", "linux/arm64"]', BOTH])
def test_platforms_are_read_however_they_are_written(clone: Clone, player: Player, written: object) -> None:
    context = {"image_platform": "linux/arm64", "build_platforms": written, "services": {"shop": {}}}
    (clone.folder / "cdk.json").write_text(json.dumps({"context": context}))
    player.play("release", "services")

    assert json.loads(player.outputs["needs.services.outputs.platforms"]) == BOTH


def test_a_version_of_two_platforms_is_an_index_of_what_this_run_built(clone: Clone, both: Player) -> None:
    build(both)
    ended = both.play("release", "join", service="shop")

    assert ended.returncode == 0, ended.stderr
    name = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/greenlight/shop"
    assert [each for each in clone.said("docker") if each.startswith("push")] == [
        f"push {name}:part-7-1-amd64",
        f"push {name}:part-7-1-arm64",
    ]
    assert clone.said("docker")[-2] == (
        f"buildx imagetools create --tag {name}:2.0.0 --tag {name}:git-{clone.git('rev-parse', 'HEAD')}"
        f" {name}@sha256:amd64 {name}@sha256:arm64"
    )
    assert both.handed["name"] == name
    assert both.handed["digest"] == "sha256:joined"


def test_a_version_that_is_there_is_not_joined_again(clone: Clone, both: Player) -> None:
    name = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/greenlight/shop"
    (clone.notes.parent / "registry").write_text(f"{name}:2.0.0\n")
    build(both, amd64="sha256:there", arm64="sha256:there")
    ended = both.play("release", "join", service="shop")

    assert ended.returncode == 0, ended.stderr
    assert both.handed["digest"] == "sha256:there"
    assert not [each for each in clone.said("docker") if each.startswith(("push", "buildx"))]


def of_shop(player: Player) -> dict[str, str]:
    """The one job that builds the shop, with the services read."""
    player.play("release", "services")
    return next(each for each in player.matrix("release", "image") if each["service"] == "shop")


@pytest.mark.parametrize("wanted", ["true", ""])
def test_what_this_run_built_is_attested_where_that_is_asked_for(player: Player, wanted: str) -> None:
    player.variables = {"GREENLIGHT_ATTEST": wanted}
    for job, told in (("image", of_shop(player)), ("join", {"service": "shop"})):
        assert player.play("release", job, **told).returncode == 0

    assert player.attested == (["sha256:abc"] if wanted else [])


def test_a_version_of_two_platforms_that_this_run_built_is_attested_as_a_whole(both: Player) -> None:
    both.variables = {"GREENLIGHT_ATTEST": "true"}
    build(both)
    both.play("release", "join", service="shop")

    assert both.attested == ["sha256:joined"]


def test_no_run_attests_an_image_that_somebody_pushed_before_it(clone: Clone, player: Player) -> None:
    """Whoever may push, and not sign, would otherwise get "built by this workflow" for an image of their own."""
    name = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/greenlight/shop"
    (clone.notes.parent / "registry").write_text(f"{name}:2.0.0\n")
    player.variables = {"GREENLIGHT_ATTEST": "true"}
    player.environment = {**player.environment, "PUSHED": "sha256:foreign"}
    for job, told in (("image", of_shop(player)), ("join", {"service": "shop"})):
        assert player.play("release", job, **told).returncode == 0

    assert player.handed == {"name": name, "digest": "sha256:foreign", "built": "no"}
    assert player.attested == []


def test_a_version_of_which_a_part_was_not_built_here_is_not_attested(both: Player) -> None:
    both.variables = {"GREENLIGHT_ATTEST": "true"}
    build(both)
    both.artifacts["image-shop-amd64"] = {
        name: text.replace("BUILT=yes", "BUILT=no") for name, text in both.artifacts["image-shop-amd64"].items()
    }
    both.play("release", "join", service="shop")

    assert both.handed["built"] == "no"
    assert both.attested == []


def test_what_a_condition_asks_for_counts_as_asked_for() -> None:
    """GitHub takes a name that nobody hands on for empty there: a step would be off without a word."""
    step = {"if": "steps.jion.outputs.bulit == 'yes'", "run": "${{ matrix.service }}"}

    assert list(expressions({"steps": [step]})) == [step["if"], "matrix.service"]


def test_an_image_that_was_handed_on_too_long_ago_is_missing(both: Player) -> None:
    build(both)
    del both.artifacts["image-shop-arm64"]
    ended = both.play("release", "join", service="shop")

    assert ended.returncode == 1
    assert "the image of shop for linux/arm64 is missing" in ended.stderr


def test_a_version_that_somebody_pushed_in_between_is_not_joined_to_what_was_built(clone: Clone, both: Player) -> None:
    build(both)
    both.artifacts["image-shop-arm64"] = {
        name: text.replace("NAMED=no", "NAMED=yes") for name, text in both.artifacts["image-shop-arm64"].items()
    }
    ended = both.play("release", "join", service="shop")

    assert ended.returncode == 1
    assert "somebody pushed shop 2.0.0 while this run built it" in ended.stderr
    assert not [each for each in clone.said("docker") if each.startswith("buildx imagetools create")]
