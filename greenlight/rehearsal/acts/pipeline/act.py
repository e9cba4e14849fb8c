"""The acts: what a commit asks for goes through the synthesized pipeline, or is kept from users on its way."""

from __future__ import annotations

from collections.abc import Callable

from traffic_switch.contract import Color

from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.judging import (
    is_released,
    no_request_failed,
    nobody_reached,
    nothing_new_is_live,
    refused,
    succeeded,
    touched_no_process,
)
from greenlight.rehearsal.acts.performance import Performance, client
from greenlight.rehearsal.acts.pipeline.following import Following
from greenlight.rehearsal.acts.pipeline.repository import Repository
from greenlight.rehearsal.acts.pipeline.rights import unused
from greenlight.rehearsal.acts.pipeline.roles import StackRoles
from greenlight.rehearsal.acts.pipeline.settings import SCENE, flags
from greenlight.rehearsal.acts.releases import CIRCUIT_BREAKER
from greenlight.rehearsal.stage import CommandOutcome
from greenlight.rehearsal.versions import DELIVERED, DENIED, UNDELIVERABLE

RUN, RECORDED, RIGHTS = "run", "recorded", "rights"
NOT_PLAYED = "not played: the checks, Docker, and the image's tools (docs/fidelity.md, CodeBuild)"
ROLE, ACTION = "DeliveryReleaseRole", "ecr:BatchGetImage"


def _deliver(version: str) -> Callable[[Performance], None]:
    """Somebody pushes a commit that wants a version, and approves what the pipeline has planned of it."""

    def perform(performance: Performance) -> None:
        performance.stage.progress.note(NOT_PLAYED)
        repository = Repository(performance.stage)
        commit = repository.push(_wanted(performance, version))
        performance.note(RUN, Following(performance, commit).to_its_end())
        performance.note(RECORDED, _record(performance, repository, commit))

    return perform


def _deliver_with_all_rights(performance: Performance) -> None:
    _deliver(DELIVERED)(performance)
    performance.note(RIGHTS, _rights_that_nobody_used(performance))


def _rights_that_nobody_used(performance: Performance) -> CommandOutcome:
    idle = ", ".join(unused(_roles(performance).granted(), performance.stage.ask("uses")))
    return CommandOutcome(int(bool(idle)), "", idle)


def _deliver_with_less(performance: Performance) -> None:
    with _roles(performance).lacking(ROLE, ACTION):
        _deliver(DENIED)(performance)


def _roles(performance: Performance) -> StackRoles:
    return StackRoles(performance.stage.settings.names.stack("Pipeline"), client)


def _wanted(performance: Performance, version: str) -> dict[str, str]:
    """What is live already for every other service, and last, should they share a folder, the version of this one."""
    lookout, stage = performance.lookout, performance.stage
    others = [service.name for service in stage.settings.services if service.name != stage.service.name]
    return {**{name: lookout.live_version(name) for name in others}, stage.service.name: version}


def _record(performance: Performance, repository: Repository, commit: str) -> CommandOutcome:
    """What the branch's cdk.json says is live; nothing, with code 1, when nobody has written since the commit."""
    if repository.head() == commit:
        return CommandOutcome(1, "", "nothing was recorded")
    facts = repository.declared(performance.stage.service.name)
    color = str(facts.get("active_color", ""))
    return CommandOutcome(0, f"{color} {facts.get(f'{color}_version', '')}")


def _is_delivered(seen: Seen) -> Complaints:
    yield from succeeded(seen, RUN, RECORDED)
    if not any(f" {DELIVERED} to green, live is " in message.text for message in seen.messages):
        yield "nobody was asked whether this is to be released"
    if RIGHTS not in seen.steps:
        yield "nobody looked at what the pipeline's roles have used"
    elif seen.steps[RIGHTS].outcome.code:
        yield f"the pipeline's roles may do what no run has done: {seen.steps[RIGHTS].outcome.why}"
    live = f"{seen.after.color} {seen.after.version}" if seen.after else "nothing"
    if live != f"green {DELIVERED}":
        yield f"{live} is live, wanted green {DELIVERED}"
    if RECORDED in seen.steps and seen.steps[RECORDED].outcome.output != live:
        yield f"recorded is {seen.steps[RECORDED].outcome.output or 'nothing'}, but {live} is live"
    yield from is_released(seen)


def _is_kept_from_users(seen: Seen) -> Complaints:
    """The run ended in Release, nothing is recorded, and users have what they had."""
    yield from refused(seen, RUN, RECORDED)
    if RUN in seen.steps and not seen.steps[RUN].outcome.why.startswith("Release: "):
        yield f"the run did not fail in Release, but: {seen.steps[RUN].outcome.why}"
    yield from nothing_new_is_live(seen)
    yield from nobody_reached(Color.GREEN, seen)
    yield from no_request_failed(seen)


def _is_refused(seen: Seen) -> Complaints:
    yield from _is_kept_from_users(seen)
    yield from _says(seen, _refusal(seen))


def _refusal(seen: Seen) -> str:
    """Whoever looks first refuses: ECS, or the gate of the switch (see the act `unhealthy`)."""
    return CIRCUIT_BREAKER if seen.compute == "fargate" else seen.switch.reason if seen.switch else "the gate's words"


def _is_denied(seen: Seen) -> Complaints:
    yield from _is_kept_from_users(seen)
    yield from _says(seen, f"AWS denied {ACTION}")
    yield from touched_no_process(seen, RUN)
    if seen.switches:
        yield f"a switch was begun: {seen.switches[0]}"


def _says(seen: Seen, words: str) -> Complaints:
    if RUN in seen.steps and " ".join(words.split()) not in " ".join(seen.steps[RUN].outcome.output.split()):
        yield f"the run does not say why: wanted {words!r} in the log of Release"


PIPELINE = (
    Act(
        name="pipeline-denied",
        claim="A pipeline whose role lacks one permission fails, says which, and changes nothing for users.",
        scenes=(SCENE,),
        leaves=SCENE,
        flags={SCENE: flags},
        perform=_deliver_with_less,
        complaints=_is_denied,
        idle=Color.GREEN,
    ),
    Act(
        name="pipeline-refused",
        claim="A commit whose version is unhealthy fails its run with the reason; nothing of it is live or recorded.",
        scenes=(SCENE,),
        leaves="pipeline-refused",
        flags={SCENE: flags},
        perform=_deliver(UNDELIVERABLE),
        complaints=_is_refused,
        idle=Color.GREEN,
    ),
    Act(
        name="pipeline",
        claim="A commit with a new version is built, approved, live and recorded, without one failed request.",
        scenes=(SCENE, "pipeline-refused"),
        leaves="",
        flags={SCENE: flags},
        perform=_deliver_with_all_rights,
        complaints=_is_delivered,
        new_color=Color.GREEN,
    ),
)
"""They come last: what the pipeline makes live is in none of the other acts' flags."""
