"""`greenlight scan`: looks at a color from outside, before users have it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from urllib.parse import quote, urlsplit, urlunsplit

import click
from traffic_switch.contract import ENVIRONMENT_HEADER, VERSION_HEADER, Color

from greenlight import plan as plans
from greenlight.commands.stage_option import with_stage
from greenlight.deployed import Deployed
from greenlight.errors import ReleaseError
from greenlight.project import Project
from greenlight.scan import checks, tls
from greenlight.scan.answers import Answer, Asker
from greenlight.scan.checks import MARK, STRANGER, Finding
from greenlight.wording import printable
from stacks.settings import ServiceSettings


@click.command()
@click.option("--service", "name", help="The service; the first of cdk.json when left out.")
@click.option("--color", type=click.Choice([each.value for each in Color]), help="The idle one when left out.")
@click.option("--accept", multiple=True, metavar="FINDING", help="A finding that is none here, by its name.")
@with_stage
def scan(name: str | None, color: str | None, accept: tuple[str, ...], stage: str | None) -> None:
    """Look at a color of a service through its preview rule: headers, cookies, error pages, and TLS.

    Eight requests, which change nothing, and a few handshakes. Ends with 1 if anything is wrong that was not accepted.
    """
    project = Project.here(stage)
    deployed = Deployed(project.names)
    service = plans.chosen(project.settings(), name)
    wanted = Color(color) if color else _idle(deployed, service)
    asker = Asker(deployed.front_door_url, deployed.preview_headers(service.name, wanted))
    click.echo(printable(f"{service.name}: {wanted} with version {_proved(asker, wanted)}, at {asker.url}"))
    answers = list(_answers(asker))
    others = checks.of_others(answers, wanted)
    for each in others:
        click.echo(printable(f"  not looked at: {each}"))
    _report([*checks.judge(answers, encrypted=asker.is_encrypted), *_tls(asker)], accept, whole=not others)


def _idle(deployed: Deployed, service: ServiceSettings) -> Color:
    live = deployed.journal.live(service.name)
    if live is None:
        raise ReleaseError(f"nothing of {service.name} is live, so that no color is the idle one: name it with --color")
    return live.color.other


def _proved(asker: Asker, color: Color) -> str:
    """The version that answers; what another color answers is not scanned."""
    answer = asker.ask("GET", "/")
    if answer.one(ENVIRONMENT_HEADER) != color:
        got = answer.one(ENVIRONMENT_HEADER) or "nobody who says which color it is"
        raise ReleaseError(f"the preview of {color} was answered by {got}, with {answer.status}. Nothing was scanned")
    return answer.one(VERSION_HEADER)


def _answers(asker: Asker) -> Iterator[Answer]:
    """Pages as people ask for them, and requests as they should not be."""
    nowhere = f"/greenlight-scan-{secrets.token_hex(8)}"
    yield asker.ask("GET", "/")
    yield asker.ask("GET", "/", {"Origin": STRANGER})
    yield asker.ask("GET", nowhere)
    yield asker.ask("GET", f"{nowhere}/{quote(MARK)}?q={quote(MARK)}")
    yield asker.ask("GET", "/%E0%A4%A")
    yield asker.ask("POST", nowhere, {"Content-Type": "application/json", "Content-Length": "0"})
    yield asker.ask("TRACE", "/")


def _tls(asker: Asker) -> Iterator[Finding]:
    if not asker.is_encrypted:
        yield Finding("encryption", f"{asker.url} is plain HTTP: anybody on the way reads and changes it")
        return
    found = tls.shaken(asker.url)
    if found.untried:
        click.echo(
            f"  not looked at: whether it speaks {' or '.join(found.untried)}: no answer, or this machine does not"
        )
    where = urlsplit(asker.url)
    plain = Asker(urlunsplit(("http", str(where.hostname), "", "", "")), {})
    yield from tls.judge(found, _unencrypted(plain))


def _unencrypted(plain: Asker) -> Answer | None:
    """What port 80 says; None where it is closed, which is nothing wrong."""
    try:
        return plain.ask("GET", "/")
    except ReleaseError:
        click.echo("  not looked at: where port 80 leads, since it gives no answer")
        return None


def _report(findings: Collection[Finding], accepted: Collection[str], *, whole: bool) -> None:
    for each in findings:
        mark = "accepted" if each.name in accepted else "WRONG"
        click.echo(printable(f"{mark} {each.name}: {each.said}"))
    wrong = [each.name for each in findings if each.name not in accepted]
    if wrong:
        raise ReleaseError(f"wrong are {', '.join(wrong)}; allowed: nothing, or --accept each by its name")
    said = "nothing else is wrong" if findings else "nothing is wrong"
    click.echo(said if whole else f"{said} with what was looked at")
