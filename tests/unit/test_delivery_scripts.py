"""What the builds of the pipeline do, as bash does it: the scripts of `delivery/`, among programs that take notes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from greenlight.project import CHECKOUT

NOTES = """#!/usr/bin/env bash
printf '%s\\n' "$(basename "$0") $*" >>"$NOTES"
"""
GREENLIGHT = """
case "$1 ${2:-}" in
"pipeline service") printf 'export %s\\n' VERSION=2.0.0 FOLDER=services/shop \\
  "CACHE_REPOSITORY=${CACHED:-}" \\
  "REPOSITORY=greenlight/${GREENLIGHT_STAGE:+$GREENLIGHT_STAGE/}shop" >build/delivery/service.env ;;
"pipeline plan") printf 'export %s\\n' VERSION=2.0.0 DIGEST=sha256:abc "LIVE='blue 1.0.0'" >build/delivery/plan.env ;;
"pipeline sbom") [ -s "$4" ] && echo listed >"$6" ;;
"pipeline attach") [ -s "$6" ] || exit 1 ;;
"pipeline inspect") [ -s "$4" ] && exit "${INSPECT_ENDS:-0}" ;;
"record "*) [ -z "${NO_RECORD:-}" ] && printf '{"live": "green 2.0.0"}\\n' >cdk.json ;;
"release "*) exit "${RELEASE_ENDS:-0}" ;;
esac
"""
DOCKER = """
case "$1" in
pull) [ -z "${PULL_SAYS:-}" ] || { echo "$PULL_SAYS" >&2; exit 1; } ;;
push) echo "$2" >>"$REGISTRY" ;;
buildx) case "$3" in
  create) shift 3; while [ "$1" = --tag ]; do echo "$2" >>"$REGISTRY"; shift 2; done ;;
  inspect) grep -qx "${!#}" "$REGISTRY" && echo '{"digest": "sha256:joined"}' ;;
  esac ;;
run) echo c1 ;;
save) echo archive >"$3" ;;
info) if [ -e "${OTHER_STORE:-}" ]; then echo "[[Backing Filesystem extfs]]"; else
  echo "${STORE:-[[driver-type io.containerd.snapshotter.v1]]}"; fi ;;
inspect) echo "${HEALTH:-running healthy}" ;;
image) case "$*" in *RepoDigests*) echo "r/shop@${PUSHED:-sha256:abc}" ;; *) echo "${BUILT_FROM:-}" ;; esac ;;
esac
"""
AWS = """
case "$2" in batch-get-image)
  [ -z "${ECR_SAYS:-}" ] || { echo "$ECR_SAYS" >&2; exit 254; }
  grep -qx "$IMAGES:${6#imageTag=}" "$REGISTRY" 2>/dev/null && echo sha256:abc || echo "${ECR_FAILS:-ImageNotFound}" ;;
esac
"""
IMAGES = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/greenlight/shop"
RELEASE = "release 2.0.0 --service shop --yes --if-needed"
HANDED_ON = ["export VERSION=2.0.0", "export DIGEST=sha256:abc", "export NAMED=yes"]
TAKEN, BUILT = "export BUILT=no", "export BUILT=yes"


@dataclass
class Clone:
    """A clone of a repository with `delivery/`, and what was typed in it."""

    folder: Path
    notes: Path
    environment: dict[str, str]

    def run(self, script: str, **told: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", f"delivery/{script}.sh"],
            cwd=self.folder,
            env={**self.environment, **told},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def typed(self) -> list[str]:
        return self.notes.read_text().splitlines() if self.notes.exists() else []

    def said(self, program: str) -> list[str]:
        """What a program was told."""
        return [each.removeprefix(f"{program} ") for each in self.typed if each.startswith(f"{program} ")]

    def handed_on(self, name: str) -> list[str]:
        return (self.folder / "build" / "delivery" / f"{name}.env").read_text().splitlines()

    def git(self, *words: str) -> str:
        return git(self.folder, *words)


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@invalid", "-c", "init.defaultBranch=main"]
    found = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True)
    return found.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    origin, folder, notes = tmp_path / "origin.git", tmp_path / "clone", tmp_path / "notes"
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, does in (("greenlight", GREENLIGHT), ("docker", DOCKER), ("aws", AWS)):
        (programs / name).write_text(NOTES + does)
        (programs / name).chmod(0o755)
    (folder / "node_modules" / ".bin").mkdir(parents=True)
    (folder / "node_modules" / ".bin" / "cdk").write_text(NOTES + 'exit "${DIFF_ENDS:-0}"\n')
    (folder / "node_modules" / ".bin" / "cdk").chmod(0o755)
    shutil.copytree(CHECKOUT / "delivery", folder / "delivery")
    (folder / "services" / "shop").mkdir(parents=True)
    (folder / "services" / "shop" / "Dockerfile").write_text("FROM scratch\n")
    (folder / "cdk.json").write_text('{"live": "blue 1.0.0"}\n')
    (folder / ".gitignore").write_text("build/\n.venv/\nnode_modules/\n")
    git(tmp_path, "init", "--quiet", "--bare", str(origin))
    for words in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "Begin")):
        git(folder, *words)
    git(folder, "remote", "add", "origin", str(origin))
    git(folder, "push", "--quiet", "origin", "HEAD:refs/heads/main")
    git(folder, "checkout", "--quiet", "--detach")
    told = {"NOTES": str(notes), "REGISTRY": str(tmp_path / "registry"), "RECORD_PAUSE": "0"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return Clone(folder, notes, {**kept, **told, "SERVICE": "shop", "IMAGES": IMAGES, "PLATFORM": "linux/arm64"})


def test_an_image_is_built_tried_and_pushed_by_version_and_by_commit(clone: Clone) -> None:
    ended = clone.run("image")

    assert ended.returncode == 0, ended.stderr
    commit = clone.git("rev-parse", "HEAD")
    order = [each.split()[0] for each in clone.said("docker") if each.split()[0] in ("build", "run", "push")]
    assert order == ["build", "run", "push", "push"]
    assert [each for each in clone.said("docker") if each.startswith("push")] == [
        f"push {IMAGES}:2.0.0",
        f"push {IMAGES}:git-{commit}",
    ]
    assert clone.handed_on("image") == [*HANDED_ON, BUILT]


def test_an_image_is_built_for_its_platform_and_says_of_which_source(clone: Clone) -> None:
    clone.run("image")
    (built,) = (each for each in clone.said("docker") if each.startswith("build"))

    tree = clone.git("rev-parse", "HEAD:services/shop")
    assert f"--platform linux/arm64 --label greenlight.source={tree} " in built
    assert built.endswith(f"--tag {IMAGES}:2.0.0 services/shop")


def test_an_image_of_one_of_several_platforms_gets_the_tag_of_a_part_alone(clone: Clone) -> None:
    ended = clone.run("image", PART="part-7-1-arm64")

    assert ended.returncode == 0, ended.stderr
    assert [each for each in clone.said("docker") if each.startswith("push")] == [f"push {IMAGES}:part-7-1-arm64"]
    assert clone.handed_on("image") == [*HANDED_ON[:2], "export NAMED=no", BUILT]


def test_a_version_that_is_there_gets_no_part(clone: Clone) -> None:
    (clone.notes.parent / "registry").write_text(f"{IMAGES}:2.0.0\n")
    ended = clone.run("image", PART="part-7-1-arm64", BUILT_FROM=clone.git("rev-parse", "HEAD:services/shop"))

    assert ended.returncode == 0, ended.stderr
    assert not [each for each in clone.said("docker") if each.startswith(("build", "tag", "push"))]
    assert clone.handed_on("image") == [*HANDED_ON, TAKEN]


def test_what_is_built_is_kept_for_the_next_build_where_there_is_a_cache(clone: Clone) -> None:
    clone.run("image", CACHE="r/greenlight.cache/shop:arm64")
    (built,) = (each for each in clone.said("docker") if each.startswith("build "))

    assert built.startswith(
        "build --cache-from type=registry,ref=r/greenlight.cache/shop:arm64"
        " --cache-to type=registry,ref=r/greenlight.cache/shop:arm64,mode=max,image-manifest=true,oci-mediatypes=true,"
        "ignore-error=true --platform linux/arm64"
    )


def test_without_a_cache_nothing_is_kept(clone: Clone) -> None:
    clone.run("image")

    assert not [each for each in clone.said("docker") if "--cache" in each]


SUDO = 'case "$1" in tee) shift; tee "$@" ;; systemctl) rm -f "$OTHER_STORE" ;; esac\n'


@pytest.mark.parametrize(
    "settings", [None, {}, {"exec-opts": ["native.cgroupdriver=cgroupfs"], "features": {"buildkit": True}}]
)
def test_docker_is_told_once_to_keep_images_as_a_cache_needs_it(
    clone: Clone, settings: dict[str, object] | None
) -> None:
    file, sudo = clone.notes.parent / "daemon.json", clone.folder / ".venv" / "bin" / "sudo"
    other = clone.notes.parent / "other"
    other.touch()
    if settings is not None:
        file.write_text(json.dumps(settings) if settings else "")
    sudo.write_text(NOTES + SUDO)
    sudo.chmod(0o755)
    path = f"{sudo.parent}:{clone.environment['PATH']}"
    ended = clone.run("github/containerd", OTHER_STORE=str(other), DOCKER_SETTINGS=str(file), PATH=path)

    assert ended.returncode == 0, ended.stderr
    was = settings or {}
    features = {**was.get("features", {}), "containerd-snapshotter": True}  # type: ignore[dict-item]
    assert json.loads(file.read_text()) == {**was, "features": features}
    assert clone.said("sudo") == [f"tee {file}", "systemctl restart docker"]


def test_a_docker_that_does_so_already_is_left_alone(clone: Clone) -> None:
    path = f"{clone.folder / '.venv' / 'bin'}:{clone.environment['PATH']}"
    ended = clone.run("github/containerd", DOCKER_SETTINGS=str(clone.notes.parent / "daemon.json"), PATH=path)

    assert ended.returncode == 0, ended.stderr
    assert not (clone.notes.parent / "daemon.json").exists()


def test_an_image_that_does_not_become_healthy_is_not_pushed(clone: Clone) -> None:
    ended = clone.run("image", HEALTH="exited unhealthy")

    assert ended.returncode == 1
    assert 'the image of shop 2.0.0 is "exited unhealthy"; allowed: "running healthy"' in ended.stderr
    assert "logs c1" in clone.said("docker")
    assert not [each for each in clone.said("docker") if each.startswith("push")]


def test_whoever_builds_signs_in_to_the_registry_with_a_password_that_no_list_of_processes_shows(clone: Clone) -> None:
    clone.run("image")

    assert f"login --username AWS --password-stdin {IMAGES.partition('/')[0]}" in clone.said("docker")


def test_an_image_is_tried_as_a_color_is_started(clone: Clone) -> None:
    clone.run("image")
    (tried,) = (each for each in clone.said("docker") if each.startswith("run"))

    assert "--read-only --env ENVIRONMENT=blue --env VERSION=2.0.0 --env PORT=3000" in tried


def test_a_commit_that_has_its_tag_keeps_it(clone: Clone) -> None:
    marked = f"{IMAGES}:git-{clone.git('rev-parse', 'HEAD')}"
    (clone.notes.parent / "registry").write_text(f"{marked}\n")
    clone.run("image")

    assert [each for each in clone.said("docker") if each.startswith("push")] == [f"push {IMAGES}:2.0.0"]


def test_an_image_has_a_minute_to_become_healthy(clone: Clone) -> None:
    """The third look finds it healthy; `sleep` waits for nothing here."""
    docker, sleep = (clone.folder / ".venv" / "bin" / name for name in ("docker", "sleep"))
    sleep.write_text(NOTES)
    sleep.chmod(0o755)
    looks = 'inspect) [ "$(grep -c "^sleep" "$NOTES")" -ge 2 ] && echo running healthy || echo running starting ;;\n'
    docker.write_text(docker.read_text().replace("inspect)", f"{looks}inspected)"))

    assert clone.run("image").returncode == 0
    assert clone.said("sleep") == ["1", "1"]


@pytest.mark.parametrize("health", ["running healthy", "exited unhealthy", "running starting"])
def test_nothing_that_was_tried_stays(clone: Clone, health: str) -> None:
    sleep = clone.folder / ".venv" / "bin" / "sleep"
    sleep.write_text("#!/bin/sh\n")
    sleep.chmod(0o755)
    clone.run("image", HEALTH=health)

    assert "rm --force c1" in clone.said("docker")


def test_an_image_is_looked_through_before_it_is_pushed(clone: Clone) -> None:
    ended = clone.run("image", INSPECT_ENDS="1")

    assert ended.returncode == 1
    assert "pipeline inspect shop build/delivery/image.tar --platform linux/arm64" in clone.said("greenlight")
    assert not [each for each in clone.said("docker") if each.startswith("push")]


def test_what_is_in_an_image_and_where_it_comes_from_is_kept_beside_it_once_it_is_pushed(clone: Clone) -> None:
    clone.run("image")

    assert clone.said("greenlight")[-1] == (
        "pipeline attach shop sha256:abc --sbom build/delivery/sbom.json --platform linux/arm64"
        f" --built-from {clone.git('rev-parse', 'HEAD')}"
    )
    order = [each for each in clone.typed if each.startswith(("docker push", "greenlight pipeline attach"))]
    assert [each.split()[0] for each in order] == ["docker", "docker", "greenlight"]


def test_an_image_that_is_there_already_gets_its_list_but_no_origin(clone: Clone) -> None:
    (clone.notes.parent / "registry").write_text(f"{IMAGES}:2.0.0\n")
    clone.run("image", BUILT_FROM=clone.git("rev-parse", "HEAD:services/shop"))

    assert clone.said("greenlight")[-1] == (
        "pipeline attach shop sha256:abc --sbom build/delivery/sbom.json --platform linux/arm64"
    )


def test_a_version_that_is_there_from_the_same_source_is_taken_as_it_is(clone: Clone) -> None:
    (clone.notes.parent / "registry").write_text(f"{IMAGES}:2.0.0\n")
    ended = clone.run("image", BUILT_FROM=clone.git("rev-parse", "HEAD:services/shop"))

    assert ended.returncode == 0, ended.stderr
    assert clone.handed_on("image") == [*HANDED_ON, TAKEN]


@pytest.mark.parametrize("claim", ["this source", "nothing"])
def test_no_run_pushes_an_image_that_it_did_not_build(clone: Clone, claim: str) -> None:
    """A push is signed with the rights of the build, and whoever may push can forge the label."""
    (clone.notes.parent / "registry").write_text(f"{IMAGES}:2.0.0\n")
    source = clone.git("rev-parse", "HEAD:services/shop")
    ended = clone.run("image", BUILT_FROM=source if claim == "this source" else "")

    assert ended.returncode == 0, ended.stderr
    assert not [each for each in clone.said("docker") if each.startswith(("build", "tag", "push"))]


def test_a_second_try_of_a_run_pushes_nothing_again(clone: Clone) -> None:
    clone.run("image")
    clone.notes.unlink()
    ended = clone.run("image", BUILT_FROM=clone.git("rev-parse", "HEAD:services/shop"))

    assert ended.returncode == 0, ended.stderr
    assert not [each for each in clone.said("docker") if each.startswith(("build", "push"))]


def test_a_version_that_is_there_from_other_source_is_refused(clone: Clone) -> None:
    (clone.notes.parent / "registry").write_text(f"{IMAGES}:2.0.0\n")
    ended = clone.run("image", BUILT_FROM="0" * 40)

    assert ended.returncode == 1
    assert "shop 2.0.0 is an image already, built from other source" in ended.stderr
    assert not [each for each in clone.said("docker") if each.startswith(("build", "push"))]


def test_an_image_that_somebody_pushed_by_hand_is_taken_and_said(clone: Clone) -> None:
    (clone.notes.parent / "registry").write_text(f"{IMAGES}:2.0.0\n")
    ended = clone.run("image")

    assert ended.returncode == 0, ended.stderr
    assert "shop 2.0.0 was not built by this pipeline: it is taken as it is" in ended.stdout


@pytest.mark.parametrize(
    "words",
    [
        "no matching manifest for linux/arm64/v8 in the manifest list entries",
        "failed to resolve reference: no match for platform in manifest: not found",
    ],
)
def test_a_version_that_lacks_the_platform_is_refused_with_what_helps(clone: Clone, words: str) -> None:
    (clone.notes.parent / "registry").write_text(f"{IMAGES}:2.0.0\n")
    ended = clone.run("image", PULL_SAYS=f"Error response from daemon: {words}", PART="part-7-1-arm64")

    assert ended.returncode == 1
    assert words in ended.stderr
    assert "shop 2.0.0 is there, and has no image for linux/arm64: give a new version" in ended.stderr
    assert not [each for each in clone.said("docker") if each.startswith(("build", "tag", "push"))]


def test_a_version_that_cannot_be_fetched_is_not_built_again(clone: Clone) -> None:
    (clone.notes.parent / "registry").write_text(f"{IMAGES}:2.0.0\n")
    ended = clone.run("image", PULL_SAYS="toomanyrequests: Rate exceeded")

    assert ended.returncode == 1
    assert "toomanyrequests: Rate exceeded" in ended.stderr
    assert "shop 2.0.0 is there, and could not be fetched" in ended.stderr
    assert not [each for each in clone.said("docker") if each.startswith(("build", "tag", "push"))]


@pytest.mark.parametrize(
    ("trouble", "got"),
    [
        ({"ECR_SAYS": "An error occurred (ThrottlingException)"}, "got an error"),
        ({"ECR_FAILS": "UnableToGetUpstreamImage"}, "got UnableToGetUpstreamImage"),
    ],
)
def test_nothing_is_built_while_nobody_knows_whether_the_version_is_there(
    clone: Clone, trouble: dict[str, str], got: str
) -> None:
    ended = clone.run("image", **trouble)

    assert ended.returncode == 1
    assert f"whether greenlight/shop has an image 2.0.0 could not be established: {got}" in ended.stderr
    assert not [each for each in clone.said("docker") if each.startswith(("build", "pull", "push"))]


def test_an_image_is_a_manifest_and_no_index_whatever_builds_it(clone: Clone) -> None:
    docker = clone.folder / ".venv" / "bin" / "docker"
    docker.write_text(docker.read_text() + 'echo "attests ${BUILDX_NO_DEFAULT_ATTESTATIONS:-by itself}" >>"$NOTES"\n')
    clone.run("image")

    assert "attests 1" in clone.typed
    assert "attests by itself" not in clone.typed


def test_a_plan_hands_on_its_commit_too(clone: Clone) -> None:
    clone.run("plan")

    assert clone.said("greenlight") == ["pipeline plan shop --into build/delivery/plan.env"]
    assert clone.said("cdk") == ["diff --app build/cdk.out/release --method template --no-notices"]
    assert clone.handed_on("plan")[-1] == f"export COMMIT={clone.git('rev-parse', 'HEAD')}"


def test_a_release_takes_the_facts_from_the_journal_and_expects_what_was_planned(clone: Clone) -> None:
    ended = clone.run("release", VERSION="2.0.0", DIGEST="sha256:abc", LIVE="blue 1.0.0", APPROVED="false")

    assert ended.returncode == 0, ended.stderr
    assert clone.said("greenlight") == [
        "record --if-any",
        f"{RELEASE} --expect-live blue 1.0.0 --expect-image sha256:abc",
    ]


@pytest.mark.parametrize("digest", [{}, {"DIGEST": ""}], ids=["an older stack", "empty"])
def test_a_pipeline_that_hands_on_no_digest_is_told_to_be_deployed_anew(clone: Clone, digest: dict[str, str]) -> None:
    ended = clone.run("release", VERSION="2.0.0", LIVE="blue 1.0.0", APPROVED="true", **digest)

    assert ended.returncode != 0
    assert "DIGEST: greenlight: nothing was handed on" in ended.stderr
    assert "npx cdk deploy GreenlightPipeline --exclusively" in ended.stderr
    assert clone.said("greenlight") == []


def test_it_is_the_stages_pipeline_that_is_to_be_deployed_anew(clone: Clone) -> None:
    stage = {"GREENLIGHT_STAGE": "staging", "CODEBUILD_BUILD_ID": "GreenlightStagingPipeline-Release:0f5b"}
    ended = clone.run("release", VERSION="2.0.0", LIVE="blue 1.0.0", **stage)

    assert "npx cdk deploy GreenlightStagingPipeline --exclusively -c stage=staging" in ended.stderr


def test_a_plan_of_a_stage_compares_the_stages_templates(clone: Clone) -> None:
    clone.run("plan", GREENLIGHT_STAGE="staging")

    assert "--app build/cdk.out/staging " in clone.said("cdk")[0]


def test_a_plan_whose_templates_cannot_be_compared_is_nobodys_to_approve(clone: Clone) -> None:
    ended = clone.run("plan", DIFF_ENDS="1")

    assert ended.returncode == 1
    assert "nobody is asked to approve what nobody can read" in ended.stderr


def test_what_else_a_commit_changes_is_deployed_where_its_version_is_live_already(clone: Clone) -> None:
    ended = clone.run("release", VERSION="2.0.0", DIGEST="sha256:abc", LIVE="green 2.0.0", APPROVED="true")

    assert ended.returncode == 0, ended.stderr
    assert clone.said("greenlight") == [
        "record --if-any",
        f"{RELEASE} --expect-live green 2.0.0 --expect-image sha256:abc --allow-security-changes",
        "deploy --yes --allow-security-changes",
    ]


def test_a_release_widens_permissions_where_a_person_approved_it(clone: Clone) -> None:
    clone.run("release", VERSION="2.0.0", DIGEST="sha256:abc", LIVE="nothing", APPROVED="true")

    assert clone.said("greenlight")[-1] == (
        f"{RELEASE} --expect-live nothing --expect-image sha256:abc --allow-security-changes"
    )


def test_the_facts_of_other_services_come_from_the_journal_though_nothing_of_this_one_is_live(clone: Clone) -> None:
    clone.run("release", VERSION="2.0.0", DIGEST="sha256:abc", LIVE="nothing", APPROVED="true")

    assert clone.said("greenlight")[0] == "record --if-any"
    assert (clone.folder / "cdk.json").read_text() == '{"live": "green 2.0.0"}\n'


def test_a_release_that_fails_says_what_is_live_and_deploys_nothing_more(clone: Clone) -> None:
    ended = clone.run("release", VERSION="2.0.0", DIGEST="sha256:abc", LIVE="blue 1.0.0", RELEASE_ENDS="1")

    assert ended.returncode == 1
    assert [each.split()[0] for each in clone.said("greenlight")] == ["record", "release", "status"]


def test_what_is_live_is_recorded_on_the_newest_commit_and_nothing_else_of_it(clone: Clone) -> None:
    other = clone.notes.parent / "other"
    git(clone.notes.parent, "clone", "--quiet", "--branch", "main", str(clone.notes.parent / "origin.git"), str(other))
    (other / "new").write_text("newer\n")
    for words in (("add", "."), ("commit", "--quiet", "--message", "Newer"), ("push", "--quiet")):
        git(other, *words)
    ended = clone.run("record", BRANCH="main")

    assert ended.returncode == 0
    assert clone.handed_on("record") == ["export RECORDED=yes"]
    git(other, "pull", "--quiet")
    assert (other / "cdk.json").read_text() == '{"live": "green 2.0.0"}\n'
    assert (other / "new").read_text() == "newer\n"
    assert git(other, "show", "--format=%s %an", "--name-only", "HEAD").split("\n") == [
        "Record what is live Greenlight",
        "",
        "cdk.json",
    ]
    assert not (clone.folder / "new").exists()


def test_a_record_goes_to_the_branch_that_is_delivered(clone: Clone) -> None:
    clone.git("push", "--quiet", "origin", "HEAD:refs/heads/trunk")
    before = clone.git("ls-remote", "origin", "refs/heads/main")
    clone.run("record", BRANCH="trunk")

    assert clone.git("ls-remote", "origin", "refs/heads/main") == before
    clone.git("fetch", "--quiet", "origin", "trunk")
    assert clone.git("show", "FETCH_HEAD:cdk.json") == '{"live": "green 2.0.0"}'


def test_what_is_recorded_already_makes_no_commit(clone: Clone) -> None:
    clone.run("record", BRANCH="main")
    before = clone.git("ls-remote", "origin", "refs/heads/main")
    clone.run("record", BRANCH="main")

    assert clone.handed_on("record") == ["export RECORDED=yes"]
    assert clone.git("ls-remote", "origin", "refs/heads/main") == before


@pytest.mark.parametrize("trouble", [{"NO_RECORD": "1"}, {"BRANCH": "gone"}], ids=["no facts", "no branch"])
def test_a_record_that_cannot_be_written_warns_and_fails_nothing(clone: Clone, trouble: dict[str, str]) -> None:
    before = clone.git("ls-remote", "origin")
    ended = clone.run("record", **{"BRANCH": "main", **trouble})

    assert ended.returncode == 0
    assert "WARNING: the release stands" in ended.stderr
    assert clone.handed_on("record") == ["export RECORDED=no"]
    assert clone.git("ls-remote", "origin") == before


def test_a_push_that_is_refused_is_a_warning(clone: Clone) -> None:
    hook = clone.notes.parent / "origin.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho protected >&2\nexit 1\n")
    hook.chmod(0o755)
    ended = clone.run("record", BRANCH="main")

    assert ended.returncode == 0
    assert "protected" in ended.stderr
    assert clone.handed_on("record") == ["export RECORDED=no"]


def test_a_push_that_loses_against_another_is_done_again(clone: Clone) -> None:
    hook = clone.notes.parent / "origin.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\ntest -e lost || { touch lost; exit 1; }\n")
    hook.chmod(0o755)
    clone.run("record", BRANCH="main")

    assert clone.handed_on("record") == ["export RECORDED=yes"]
    assert clone.said("greenlight") == ["record", "record"]


def test_nothing_is_ever_pushed_by_force() -> None:
    scripts = "".join(file.read_text() for file in (CHECKOUT / "delivery").rglob("*.sh"))

    assert "git push" in scripts
    assert "--force" not in scripts.replace("docker rm --force", "")
