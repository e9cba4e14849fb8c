"""The stories: everything that people do with Greenlight, before anything goes wrong."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulation.cloudformation.deployments import RELEASE, Declared
from tests.simulation.installation import Installation
from tests.simulation.stories.scenario import Story

BLUE = Declared("shop", "v1", "v1", "blue")
GREEN = Declared("shop", "v1", "v2", "green")
KEEP = Declared("shop", "v1", "v1", "keep", attempt=2)
NOTHING = Declared("shop", "v1", "v1")

UNTIL_NOTICED_SECONDS = 15.0
"""Until health checks have noticed that a color does not answer."""


def first(greenlight: Installation) -> None:
    """The very first deployment: no color is named, and nothing is live."""
    greenlight.deploy(NOTHING)


def first_fails(greenlight: Installation) -> None:
    """The very first deployment, of a version that fails every request once it has traffic."""
    greenlight.site.change("blue", fails=1.0)
    greenlight.deploy(NOTHING)


def release(greenlight: Installation) -> None:
    """A release from blue to green."""
    greenlight.is_live(BLUE)
    greenlight.deploy(GREEN)


def unhealthy(greenlight: Installation) -> None:
    """A release of a version whose targets are not healthy."""
    greenlight.is_live(BLUE)
    greenlight.site.change("green", up=False)
    greenlight.cloud.kernel.sleep(UNTIL_NOTICED_SECONDS)
    greenlight.deploy(GREEN)


def errors(greenlight: Installation) -> None:
    """A release of a version that answers its smoke test, and fails every request as soon as users are on it."""
    greenlight.is_live(BLUE)
    greenlight.deploy(GREEN)
    when_green_has_traffic(greenlight, lambda: greenlight.site.change("green", fails=1.0))


def both_sick(greenlight: Installation) -> None:
    """The same, and the old color dies while the new one is watched."""
    greenlight.is_live(BLUE)
    greenlight.deploy(GREEN)

    def ruin() -> None:
        greenlight.site.change("green", fails=1.0)
        greenlight.site.change("blue", up=False)

    when_green_has_traffic(greenlight, ruin)


def keep(greenlight: Installation) -> None:
    """A deploy that names no color."""
    greenlight.is_live(BLUE)
    greenlight.deploy(KEEP)


def again(greenlight: Installation) -> None:
    """A release of what is live already."""
    greenlight.is_live(BLUE)
    greenlight.deploy(Declared("shop", "v1", "v1", "blue", attempt=2))


def there_and_back(greenlight: Installation) -> None:
    """A release, and its undoing by a second one."""
    greenlight.is_live(BLUE)
    kernel = greenlight.cloud.kernel

    def play() -> None:
        kernel.wait(greenlight.deploy(GREEN))
        kernel.wait(greenlight.deploy(Declared("shop", "v1", "v2", "blue")))

    kernel.spawn("an operator", play)


def failed_then_good(greenlight: Installation) -> None:
    """A release that is taken back, and then a good one."""
    greenlight.is_live(BLUE)
    kernel = greenlight.cloud.kernel
    when_green_has_traffic(greenlight, lambda: greenlight.site.change("green", fails=1.0))

    def play() -> None:
        kernel.wait(greenlight.deploy(GREEN))
        greenlight.site.change("green", fails=0.0)
        kernel.wait(greenlight.deploy(Declared("shop", "v1", "v3", "green", attempt=2)))

    kernel.spawn("an operator", play)


def late_failure(greenlight: Installation) -> None:
    """A good release whose stack fails later, because of another service's release."""
    greenlight.is_live(BLUE, Declared("report", "v1", "v1", "blue"))
    greenlight.sites[1].change("green", up=False)
    greenlight.cloud.kernel.sleep(UNTIL_NOTICED_SECONDS)
    greenlight.deploy(GREEN, Declared("report", "v1", "v2", "green"))


def two_services(greenlight: Installation) -> None:
    """Two services are released at once, side by side."""
    greenlight.is_live(BLUE, Declared("report", "v1", "v1", "blue"))
    greenlight.deploy(GREEN, Declared("report", "v1", "v2", "green"))


def destroy(greenlight: Installation) -> None:
    """The release is deleted."""
    greenlight.is_live(BLUE)
    greenlight.stacks.delete(RELEASE)


def repair(greenlight: Installation) -> None:
    """An operator repairs a rule that somebody has changed."""
    greenlight.is_live(BLUE)
    greenlight.site.write_rule(50, 50)
    event = {"RequestType": "Repair", "RequestId": "repair-1", "Service": "shop", "Reason": "drift"}
    greenlight.cloud.invoke_async("Request", event)


def when_green_has_traffic(greenlight: Installation, then: Callable[[], None]) -> None:
    """Do something once, as soon as the production rule sends anything to green."""
    done: list[bool] = []

    def watch(call: str, _parameters: object) -> None:
        if call == "elbv2.ModifyRule" and not done and (greenlight.site.rule_weights() or {}).get("green"):
            done.append(True)
            then()

    greenlight.cloud.after_event.append(watch)


def is_live(color: str, version: str, outcome: str = "") -> Callable[[Installation], str]:
    """What must be live at the end, and an outcome that must be among those of the switches."""

    def expects(greenlight: Installation) -> str:
        live = greenlight.cloud.live("shop") or {}
        if (live.get("color"), live.get("version")) != (color, version):
            return f"wanted {color} {version} live, got {live}"
        outcomes = {item.get("outcome") for item in greenlight.switches()}
        return "" if not outcome or outcome in outcomes else f"wanted the outcome {outcome}, got {outcomes}"

    return expects


def _nothing_live(greenlight: Installation) -> str:
    return f"wanted nothing live, got {greenlight.cloud.live('shop')}" if greenlight.cloud.live("shop") else ""


def paged(greenlight: Installation) -> str:
    """Traffic was held, and somebody was paged."""
    outcomes = {item.get("outcome") for item in greenlight.switches()}
    return "" if greenlight.cloud.pages and "HELD" in outcomes else f"wanted HELD and a page, got {outcomes}"


PLAIN = (
    Story("first", first, is_live("blue", "v1", "DONE")),
    Story("first-fails", first_fails, _nothing_live),
    Story("release", release, is_live("green", "v2", "DONE")),
    Story("unhealthy", unhealthy, is_live("blue", "v1", "UNCHANGED")),
    Story("errors", errors, is_live("blue", "v1", "ROLLED_BACK")),
    Story("both-sick", both_sick, paged, pages=True),
    Story("keep", keep, is_live("blue", "v1", "UNCHANGED")),
    Story("again", again, is_live("blue", "v1", "DONE")),
    Story("there-and-back", there_and_back, is_live("blue", "v1", "DONE")),
    Story("failed-then-good", failed_then_good, is_live("green", "v3", "DONE")),
    Story("late-failure", late_failure, is_live("blue", "v1", "ROLLED_BACK"), services=2),
    Story("two-services", two_services, is_live("green", "v2", "DONE"), services=2),
    Story("destroy", destroy, _nothing_live),
    Story("repair", repair, is_live("blue", "v1", "REPAIRED")),
)
