"""The act of a service's secret that is rotated, by the command and by releases, while people are logged in."""

from __future__ import annotations

from collections.abc import Callable

from traffic_switch.contract import Color

from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.flags import Flags, declared, first
from greenlight.rehearsal.acts.judging import no_request_failed, nothing_new_is_live, refused, succeeded
from greenlight.rehearsal.acts.performance import DONE, Performance, client
from greenlight.rehearsal.acts.shoppers import LOAD_SHARE, all_is_in_order, shopping
from greenlight.rehearsal.stage import CommandOutcome
from greenlight.rehearsal.traffic.paths import SHOP_SOURCE
from greenlight.rehearsal.versions import RENEWED, Cast
from stacks.options.secret import secret_id

NAME = "secret-rotated"
VARIABLE = "SESSION_SECRETS"
PEOPLE = 24
ROTATING = ("rotate-secret", "--name", VARIABLE, "--yes", "--overlap-hours", "0")
"""The old value is dropped at once: nobody here stays away, and each answer signs a session with the value of then."""
RELEASES = tuple(f"renewed-{number}" for number in range(1, 7))
"""In turn to green and to blue; the last one brings back the version that blue had at first."""
ROTATIONS = ("append", "put-first", "drop")
TOO_SOON = "too-soon"
CHANGED = "changed"
FIRST_ATTEMPT = 100


def _version(number: int) -> Callable[[Cast], str]:
    """What a release puts on its color, by its number; before the first one, and after the last, it is `first`."""
    return first if number in (0, len(RELEASES)) else lambda _: RENEWED[number - 1]


def _release(number: int) -> Flags:
    """Release number so and so: odd ones go to green, and even ones to blue."""
    if number % 2:
        return declared(Color.GREEN, _version(number - 1), _version(number), attempt=FIRST_ATTEMPT + number)
    return declared(Color.BLUE, _version(number), _version(number - 1), attempt=FIRST_ATTEMPT + number)


def _rotate(performance: Performance) -> None:
    _tag(performance)
    before = _value(performance)
    with shopping(performance, PEOPLE):
        for index, rotation in enumerate(ROTATIONS):
            performance.greenlight(rotation, *ROTATING)
            to_green, to_blue = RELEASES[2 * index : 2 * index + 2]
            performance.deploy(to_green)
            if index == 0:
                performance.greenlight(TOO_SOON, *ROTATING)
            performance.deploy(to_blue)
    performance.note(CHANGED, _compared(before, _value(performance)))


def _tag(performance: Performance) -> None:
    """Give the image that is live more tags, as docs/operations.md does: versions that no color runs."""
    stage, ecr, live = performance.stage, client("ecr"), performance.before.live
    name = stage.settings.registry_names.repository(stage.service.name)
    wanted = [{"imageTag": live.version if live else ""}]
    (image,) = ecr.batch_get_image(repositoryName=name, imageIds=wanted)["images"]
    for tag in RENEWED:
        ecr.put_image(repositoryName=name, imageManifest=image["imageManifest"], imageTag=tag)


def _value(performance: Performance) -> str:
    arn = performance.lookout.outputs("Data")[f"{secret_id(performance.stage.service.name, VARIABLE)}Arn"]
    return str(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])


def _compared(before: str, after: str) -> CommandOutcome:
    """Whether one value took the place of one other; neither is told."""
    if "," in before + after or before == after:
        return CommandOutcome(1, "", "the secret is not one other value than before")
    return DONE


def _nobody_noticed(seen: Seen) -> Complaints:
    yield from succeeded(seen, *ROTATIONS, *RELEASES, CHANGED)
    yield from refused(seen, TOO_SOON)
    ended = [switch.outcome for switch in seen.switches]
    if ended != ["DONE"] * len(RELEASES):
        yield f"the switches ended as {ended}, wanted DONE {len(RELEASES)} times"
    yield from nothing_new_is_live(seen)
    yield from no_request_failed(seen)
    yield from all_is_in_order(seen)


SERVICE_SECRET = (
    Act(
        name=NAME,
        claim="A secret is rotated by six releases: everybody stays logged in, and no step is taken before its time.",
        scenes=("undo",),
        leaves="",
        flags={name: _release(number) for number, name in enumerate(RELEASES, 1)},
        perform=_rotate,
        complaints=_nobody_noticed,
        moves=True,
        source=SHOP_SOURCE,
        load_share=LOAD_SHARE,
    ),
)
