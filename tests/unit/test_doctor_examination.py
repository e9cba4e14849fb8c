"""How the checks are run: side by side, with a deadline, and none of them hides what the others found."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable

import pytest
from botocore.exceptions import (
    ClientError,
    LoginInsufficientPermissions,
    LoginRefreshRequired,
    LoginTokenLoadError,
    NoCredentialsError,
    NoRegionError,
    UnauthorizedSSOTokenError,
)
from greenlight_cdk.names import Names
from rich.console import Console

from greenlight.credentials import unusable
from greenlight.doctor.examination import Check, examine
from greenlight.doctor.finding import Examined, Finding, Status, has_problem, ok, problem, warning
from greenlight.doctor.telling import document, show, summary
from greenlight.doctor.unreadable import unreadable
from greenlight.errors import NotDeployedError


def refused(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeVpcs")


def test_checks_run_side_by_side_and_are_told_in_their_order() -> None:
    both = threading.Barrier(2, timeout=5)

    def look() -> Iterable[Finding]:
        both.wait()
        return (ok("met"),)

    examined = examine([Check("one", look), Check("two", look)], 5)

    assert [(each.check, each.findings[0].said) for each in examined] == [("one", "met"), ("two", "met")]


def test_a_check_that_hangs_is_told_when_the_time_is_over() -> None:
    never = threading.Event()

    def hang() -> Iterable[Finding]:
        never.wait(10)
        return ()

    slow, fast = examine([Check("slow", hang), Check("fast", lambda: (ok("well"),))], 0.05)
    never.set()

    assert fast.findings == (ok("well"),)
    assert slow.findings[0].status is Status.WARNING
    assert "no answer within 0.05 s" in slow.findings[0].said


def test_a_check_that_breaks_hides_nothing() -> None:
    def broken() -> Iterable[Finding]:
        raise KeyError("State")

    found, well = examine([Check("broken", broken), Check("well", lambda: (ok("well"),))], 5)

    assert "KeyError: 'State'" in found.findings[0].said
    assert well.findings == (ok("well"),)


def test_whoever_waits_is_told_what_is_missing() -> None:
    heard: list[list[str]] = []

    examine([Check("one", lambda: (ok("well"),))], 5, lambda waiting: heard.append(list(waiting)))

    assert heard == [["one"]]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            refused(
                "AccessDenied", "User: x is not authorized to perform: ec2:DescribeVpcs because no policy allows it"
            ),
            "your credentials do not allow ec2:DescribeVpcs",
        ),
        (
            refused("UnauthorizedOperation", "You are not authorized"),
            "your credentials do not allow what DescribeVpcs needs",
        ),
        (refused("ExpiredToken"), "not checked: your AWS credentials have expired: sign in again"),
        (refused("Throttling", "Rate exceeded"), "not checked: An error occurred (Throttling)"),
        (NotDeployedError("the stack is not there"), "not checked: the stack is not there"),
        (OSError("no route"), "not checked: no route"),
    ],
)
def test_what_cannot_be_read_is_a_warning_that_says_why(error: Exception, said: str) -> None:
    found = unreadable(error)

    assert found.status is Status.WARNING
    assert said in found.said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (refused("ExpiredToken"), "your AWS credentials have expired: sign in again"),
        (refused("RequestExpired"), "your AWS credentials have expired"),
        (UnauthorizedSSOTokenError(), "your AWS credentials have expired"),
        (LoginRefreshRequired(), "your AWS credentials have expired"),
        (LoginTokenLoadError(error_msg="gone"), "your AWS credentials have expired"),
        (LoginInsufficientPermissions(), "there are no AWS credentials that work"),
        (refused("InvalidClientTokenId"), "AWS does not know your credentials (InvalidClientTokenId)"),
        (refused("SignatureDoesNotMatch"), "compare the secret key, and this machine's clock"),
        (NoRegionError(), "set AWS_REGION"),
        (NoCredentialsError(), "there are no AWS credentials that work (Unable to locate credentials)"),
        (refused("Throttling"), ""),
    ],
)
def test_credentials_that_do_not_work_are_one_sentence(error: Exception, said: str) -> None:
    assert said in unusable(error)
    assert bool(unusable(error)) is bool(said)


def test_an_error_of_ours_is_what_its_cause_is() -> None:
    ours = NotDeployedError("the stack could not be described")
    ours.__cause__ = refused("ExpiredToken")

    assert "have expired" in unusable(ours)


EXAMINED = [
    Examined("stacks", (ok("well"),)),
    Examined("images", (problem("there is no\nimage", "push it"), warning("an old one"))),
]


def test_each_finding_is_one_line_with_its_repair(capsys: pytest.CaptureFixture[str]) -> None:
    show(EXAMINED, Console(width=40))

    assert capsys.readouterr().out.splitlines() == [
        "✓ stacks  well",
        "✗ images  there is no image. Repair: push it",
        "! images  an old one",
        "",
        "1 problem, 1 warning: a deploy or a release would fail",
    ]


def test_where_a_check_could_not_look_nobody_is_told_that_nothing_is_in_the_way() -> None:
    denied = Examined("quotas", (unreadable(refused("AccessDenied")),))

    assert summary([EXAMINED[0]]) == "0 problems, 0 warnings: nothing stands in the way of a deploy"
    assert summary([EXAMINED[0], denied]) == (
        "0 problems, 1 warning: 1 check could not look, so that nobody knows whether a deploy would fail"
    )
    assert summary([*EXAMINED, denied]) == "1 problem, 2 warnings: a deploy or a release would fail"
    assert [json.loads(document(each))["unchecked"] for each in (EXAMINED, [*EXAMINED, denied])] == [0, 1]


def test_programs_read_the_same() -> None:
    read = json.loads(document(EXAMINED))

    assert read["verdict"] == "fail"
    assert read["findings"][1] == {
        "check": "images", "status": "problem", "said": "there is no\nimage", "repair": "push it"
    }  # fmt: skip
    assert read["findings"][2]["repair"] is None


def test_what_is_said_of_a_stage_names_its_commands() -> None:
    drifted = [Examined("traffic", (problem("the rule differs", "`greenlight repair`"),))]

    read = json.loads(document(drifted, Names("staging")))

    assert (read["stage"], read["findings"][0]["repair"]) == ("staging", "`greenlight repair --stage staging`")


def test_a_warning_alone_does_not_fail() -> None:
    assert not has_problem([Examined("images", (warning("an old one"),))])
    assert has_problem(EXAMINED)
