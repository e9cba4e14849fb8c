"""Stories of one-way doors: versions that write what the version before them cannot read."""

from __future__ import annotations

from collections.abc import Callable

from traffic_switch.contract import Color

from tests.simulation.cloudformation.deployments import Declared
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.installation import Installation
from tests.simulation.people import Operator
from tests.simulation.stories.breaks_rules import renames
from tests.simulation.stories.repertoire import BLUE, UNTIL_NOTICED_SECONDS, is_live, paged, when_green_has_traffic
from tests.simulation.stories.scenario import Story
from tests.simulation.stories.strikes import away, stop

DOOR = Declared("shop", "v1", "v2", "green", one_way="v2")
ON = Declared("shop", "v3", "v2", "blue", one_way="v2")
"""A later version, on the color that the door has left behind."""
BACK = Declared("shop", "v1", "v2", "blue", one_way="v2")
BACK_BY_FORCE = Declared("shop", "v1", "v2", "blue", attempt=2, one_way="v2", undo_one_way="v2")
LATER_SECONDS = 3600.0
AWAY_SECONDS = 300.0


def good(greenlight: Installation) -> None:
    """A release through a one-way door."""
    greenlight.is_live(BLUE)
    greenlight.deploy(DOOR)


def errors(greenlight: Installation) -> None:
    """The same, and the version fails every request as soon as users are on it."""
    good(greenlight)
    when_green_has_traffic(greenlight, lambda: greenlight.site.change("green", fails=1.0))


def unhealthy(greenlight: Installation) -> None:
    """The same, and its targets are not healthy, so that it is refused before any traffic moves."""
    greenlight.is_live(BLUE)
    greenlight.site.change("green", up=False)
    greenlight.cloud.kernel.sleep(UNTIL_NOTICED_SECONDS)
    greenlight.deploy(DOOR)


def aborted(greenlight: Installation) -> None:
    """Somebody aborts it while it is watched."""
    good(greenlight)

    def abort() -> None:
        for name in greenlight.executions.running():
            Operator(greenlight.site).abort(name)

    _soon(greenlight, 2.0, abort)


def dies(greenlight: Installation) -> None:
    """Its execution is stopped while it is watched."""
    good(greenlight)
    _soon(greenlight, 3.0, lambda: stop(greenlight))


def without_the_journal(greenlight: Installation) -> None:
    """It fails, and the journal is away when that is found out."""
    errors(greenlight)
    _soon(greenlight, 2.0, lambda: away("dynamodb", AWAY_SECONDS)(greenlight))


def renamed(greenlight: Installation) -> None:
    """The resource is renamed with a release that fails: CloudFormation creates the new one, and then deletes it."""
    greenlight.is_live(BLUE)
    renames(greenlight, DOOR)
    when_green_has_traffic(greenlight, lambda: greenlight.site.change("green", fails=1.0))


def _soon(greenlight: Installation, seconds: float, then: Callable[[], None]) -> None:
    """Do something so many seconds after users have come to green."""

    def wait() -> None:
        greenlight.cloud.kernel.at(seconds, then)

    when_green_has_traffic(greenlight, wait)


def late_failure(greenlight: Installation) -> None:
    """It is good, and its stack fails later, because of another service's release."""
    greenlight.is_live(BLUE, Declared("report", "v1", "v1", "blue"))
    greenlight.sites[1].change("green", up=False)
    greenlight.cloud.kernel.sleep(UNTIL_NOTICED_SECONDS)
    greenlight.deploy(DOOR, Declared("report", "v1", "v2", "green"))


def _then(first: Callable[[Installation], None], *declared: Declared) -> Callable[[Installation], None]:
    """A story, and then one deployment after the other. The journal learns when each version was first deployed."""

    def play(greenlight: Installation) -> None:
        first(greenlight)
        greenlight.tamper("image#shop#v1", {"digest": "", "since": int(EPOCH) - 1000})
        greenlight.tamper("image#shop#v3", {"digest": "", "since": int(EPOCH) + int(LATER_SECONDS)})
        kernel = greenlight.cloud.kernel

        def go_on() -> None:
            kernel.sleep(LATER_SECONDS)
            for each in declared:
                kernel.wait(greenlight.deploy(each))

        kernel.spawn("an operator", go_on)

    return play


def is_held(greenlight: Installation) -> str:
    """Nothing was taken back, somebody was paged, and what has the traffic is what is live."""
    weights = greenlight.site.rule_weights()
    if weights != {"blue": 0, "green": 100}:
        return f"wanted all traffic on green, got {weights}"
    live = greenlight.cloud.live("shop") or {}
    if live.get("door") != "v2":
        return f"wanted the door v2 behind what is live, got {live}"
    return paged(greenlight) or is_live(Color.GREEN, "v2")(greenlight)


def _is_behind(greenlight: Installation) -> str:
    """Somebody has gone back by force, so that there is no door any more."""
    door = (greenlight.cloud.live("shop") or {}).get("door")
    return f"wanted no door, got {door}" if door else is_live(Color.BLUE, "v1", "DONE")(greenlight)


ONE_WAY = (
    Story("one-way", good, is_live("green", "v2", "DONE"), pages=True),
    Story("one-way-errors", errors, is_held, pages=True),
    Story("one-way-unhealthy", unhealthy, is_live("blue", "v1", "UNCHANGED")),
    Story("one-way-aborted", aborted, is_held, pages=True),
    Story("one-way-dies", dies, is_held, pages=True),
    Story("one-way-no-journal", without_the_journal, is_held, pages=True),
    Story("one-way-renamed", renamed, is_held, pages=True),
    Story("one-way-late-failure", late_failure, is_held, services=2, pages=True),
    Story("one-way-on", _then(good, ON), is_live("blue", "v3", "DONE"), pages=True),
    Story("one-way-mended", _then(errors, ON), is_live("blue", "v3", "DONE"), pages=True),
    Story("one-way-back", _then(good, BACK), is_live("green", "v2", "UNCHANGED"), pages=True),
    Story("one-way-back-by-force", _then(good, BACK, BACK_BY_FORCE), _is_behind, pages=True),
    Story("one-way-given-up", _then(errors, BACK_BY_FORCE), _is_behind, pages=True),
)
