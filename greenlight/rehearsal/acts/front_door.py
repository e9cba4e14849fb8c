"""The act of a front door that becomes HTTPS, and HTTP again, while users come in by both."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from traffic_switch.contract import Color

from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.flags import UNDO, Flags, Script, attempt
from greenlight.rehearsal.acts.judging import no_request_failed, succeeded
from greenlight.rehearsal.acts.performance import Performance
from greenlight.rehearsal.certificates import CERTIFICATE_SETTING, DOMAIN, local_arn
from greenlight.rehearsal.traffic.outcome import RequestOutcome

SECURE: Mapping[str, str] = {CERTIFICATE_SETTING: local_arn(None), "domain_name": DOMAIN}
RELEASED = attempt(71)
STEPS = ("certificate", "secure-release", "http-again", "no-certificate")


def _with(flags: Flags, more: Mapping[str, str]) -> Callable[[Script], Mapping[str, str]]:
    return lambda script: {**flags(script), **more}


def _come_and_go(performance: Performance) -> None:
    """Port 443 has users from when it serves until it only redirects."""
    performance.deploy("certificate")
    with performance.more_load("port-443", url=f"https://{DOMAIN}"):
        performance.deploy("secure-release")
    performance.deploy("http-again")
    performance.deploy("no-certificate")


def _served_all_the_while(seen: Seen) -> Complaints:
    yield from succeeded(seen, *STEPS)
    yield from no_request_failed(seen)
    ended = [switch.outcome for switch in seen.switches]
    if ended != ["REPAIRED", "DONE", "REPAIRED"]:
        yield f"the switches ended as {ended}, wanted REPAIRED (the rule moved), DONE, REPAIRED (and back)"
    if not any(record.outcome is RequestOutcome.REDIRECTED for record in seen.records):
        yield "port 80 never redirected, so nothing was proved"
    if not any(record.color is Color.GREEN for record in seen.more_records.get("port-443", ())):
        yield "nobody on port 443 got the new version, so nothing was proved"
    if failed := sum(record.outcome.failed for record in seen.more_records.get("port-443", ())):
        yield f"{failed} requests failed on port 443, wanted 0"


FRONT_DOOR = (
    Act(
        name="https",
        claim="A certificate comes, a version is released, and the certificate goes, without one failed request.",
        scenes=("undo",),
        leaves="no-certificate",
        flags={
            "certificate": _with(UNDO, SECURE),
            "secure-release": _with(RELEASED, SECURE),
            "http-again": _with(RELEASED, {**SECURE, "production_port": "80"}),
            "no-certificate": RELEASED,
        },
        perform=_come_and_go,
        complaints=_served_all_the_while,
        redirects=True,
    ),
)
