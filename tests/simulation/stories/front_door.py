"""Stories of a front door that becomes HTTPS, and HTTP again: its rule follows, and users are served all the while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.simulation.cloudformation.deployments import RELEASE
from tests.simulation.installation import Installation
from tests.simulation.site import HOST, HTTPS, LISTENER
from tests.simulation.stories.repertoire import BLUE, GREEN, KEEP, is_live
from tests.simulation.stories.scenario import Story

SECURE, SECURE_KEEP, SECURE_GREEN = (replace(one, https=True) for one in (BLUE, KEEP, GREEN))


def certificate(greenlight: Installation) -> None:
    """The front door gets a certificate, and the deploy names the color that is live."""
    greenlight.is_live(BLUE)
    greenlight.become_https()
    greenlight.deploy(SECURE)


def certificate_keep(greenlight: Installation) -> None:
    """The front door gets a certificate, and the deploy names no color."""
    greenlight.is_live(BLUE)
    greenlight.become_https()
    greenlight.deploy(SECURE_KEEP)


def certificate_then_release(greenlight: Installation) -> None:
    """The front door gets a certificate, and then a version is released."""
    greenlight.is_live(BLUE)
    greenlight.become_https()
    kernel = greenlight.cloud.kernel

    def play() -> None:
        kernel.wait(greenlight.deploy(SECURE))
        kernel.wait(greenlight.deploy(SECURE_GREEN))

    kernel.spawn("an operator", play)


def certificate_and_back(greenlight: Installation) -> None:
    """The front door gets a certificate, and when its deploy has succeeded, port 80 is to serve again."""
    greenlight.is_live(BLUE)
    greenlight.become_https()
    kernel = greenlight.cloud.kernel

    def play() -> None:
        kernel.wait(greenlight.deploy(SECURE))
        if greenlight.stacks.all[RELEASE].status == "UPDATE_COMPLETE":
            greenlight.become_http()
            kernel.wait(greenlight.deploy(BLUE))

    kernel.spawn("an operator", play)


def certificate_with_release(greenlight: Installation) -> None:
    """Both are asked for at once: the release is refused, and users stay where they are."""
    greenlight.is_live(BLUE)
    greenlight.become_https()
    greenlight.deploy(SECURE_GREEN)


def bad_certificate(greenlight: Installation) -> None:
    """The new listener does not serve: the one before keeps its rule, and somebody is paged."""
    greenlight.is_live(BLUE)
    greenlight.become_https()
    del greenlight.cloud.web.front_doors[f"https://{HOST}"]
    greenlight.deploy(SECURE)


def _moved(color: str, version: str, outcome: str, to: str = HTTPS) -> Callable[[Installation], str]:
    """What is live in the end, on one listener alone."""
    lives = is_live(color, version, outcome)

    def expects(greenlight: Installation) -> str:
        if [*greenlight.site.rules()] != [to]:
            return f"wanted the rule on the new listener alone, got it on {[*greenlight.site.rules()]}"
        return lives(greenlight)

    return expects


def _served_as_before(greenlight: Installation) -> str:
    serving = [*greenlight.site.rules()]
    return "" if LISTENER in serving else f"wanted the old listener to keep its rule, got it on {serving}"


FRONT_DOOR = (
    Story("certificate", certificate, _moved("blue", "v1", "REPAIRED"), pages=True),
    Story("certificate-keep", certificate_keep, _moved("blue", "v1", "REPAIRED"), pages=True),
    Story("certificate-and-back", certificate_and_back, _moved("blue", "v1", "REPAIRED", LISTENER), pages=True),
    Story("certificate-then-release", certificate_then_release, _moved("green", "v2", "DONE"), pages=True),
    Story("certificate-with-release", certificate_with_release, is_live("blue", "v1", "UNCHANGED")),
    Story("bad-certificate", bad_certificate, _served_as_before, pages=True, rare=True),
)
