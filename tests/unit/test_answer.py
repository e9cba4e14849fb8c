"""What CloudFormation is told, and what becomes of an answer that does not get through."""

from __future__ import annotations

import http.client
import json
import logging
import traceback
import urllib.error
from functools import partial
from typing import Any

import pytest
from custom_resource.serving import serve
from traffic_switch.errors import AnswerElsewhereError, AnswerError, AwsCallError, RequestError
from traffic_switch.journal import Answer
from traffic_switch.ports.answer import BODY_BYTES, PATIENCE_SECONDS, CloudFormationRequest, answer
from traffic_switch.surroundings import HttpReply

from tests.unit.fake_surroundings import FakeSurroundings

SECRET = "X-Amz-Signature=0123456789abcdef"
URL = f"https://cloudformation-custom-resource-response-useast1.s3.us-east-1.amazonaws.com/answer?{SECRET}"
EVENT = {"ResponseURL": URL, "StackId": "arn:stack", "RequestId": "request-1", "LogicalResourceId": "Guard"}
REQUEST = CloudFormationRequest.from_event(EVENT)
REFUSAL = HttpReply(403, {}, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")


def send(around: FakeSurroundings, reason: str = "done", **more: Any) -> dict[str, Any]:
    """Answer, and return the body that was taken last."""
    answer(REQUEST, "SUCCESS", reason, more.get("data"), more.get("physical_id", ""), surroundings=around)
    assert len(body_of(around)) <= BODY_BYTES
    sent: dict[str, Any] = json.loads(body_of(around))
    return sent


def body_of(around: FakeSurroundings) -> bytes:
    body = around.requests[-1].data
    assert isinstance(body, bytes)
    return body


def test_an_answer_repeats_what_the_request_is_known_by() -> None:
    assert send(FakeSurroundings(), data={"ActiveColor": "blue"}, physical_id="guard-shop") == {
        "Status": "SUCCESS",
        "Reason": "done",
        "PhysicalResourceId": "guard-shop",
        "StackId": "arn:stack",
        "RequestId": "request-1",
        "LogicalResourceId": "Guard",
        "Data": {"ActiveColor": "blue"},
    }


def test_an_answer_is_put_without_a_content_type_as_its_url_was_signed() -> None:
    around = FakeSurroundings()

    send(around)

    (request,) = around.requests
    assert (request.get_method(), request.full_url) == ("PUT", URL)
    assert request.get_header("Content-type") == ""


@pytest.mark.parametrize(("known", "sent"), [("old-id", "old-id"), ("", "Guard")])
def test_without_a_physical_id_of_its_own_the_known_one_is_repeated(known: str, sent: str) -> None:
    around = FakeSurroundings()
    request = CloudFormationRequest.from_event({**EVENT, "PhysicalResourceId": known})

    answer(request, "FAILED", "no", surroundings=around)

    assert json.loads(body_of(around))["PhysicalResourceId"] == sent


@pytest.mark.parametrize(
    "problem",
    [
        http.client.RemoteDisconnected("Remote end closed connection without response"),
        http.client.IncompleteRead(b""),
        TimeoutError("timed out"),
        ConnectionResetError(104, "Connection reset by peer"),
        urllib.error.URLError(OSError(101, "Network is unreachable")),
        HttpReply(500),
        HttpReply(503),
        HttpReply(429),
        HttpReply(408),
    ],
    ids=str,
)
def test_what_the_network_loses_is_sent_again(problem: HttpReply | Exception) -> None:
    around = FakeSurroundings(replies=[problem] * 4 + [HttpReply(200)])

    send(around)

    assert len(around.requests) == 5


def test_a_server_that_hangs_is_given_up_in_time() -> None:
    around = FakeSurroundings(replies=[TimeoutError()], lag_seconds=10.0)

    with pytest.raises(AwsCallError, match="TimeoutError"):
        send(around)

    assert around.clock - 1_000.0 <= PATIENCE_SECONDS + 10.0
    assert max(around.timeouts) <= 10.0


def test_a_server_that_refuses_connections_is_asked_for_most_of_the_time_there_is() -> None:
    around = FakeSurroundings(replies=[ConnectionRefusedError(111, "Connection refused")])

    with pytest.raises(AwsCallError, match="ConnectionRefusedError: Connection refused"):
        send(around)

    assert around.clock - 1_000.0 > PATIENCE_SECONDS - 10.0
    assert 5 <= len(around.requests) <= 12


@pytest.mark.parametrize("status", [307, 400, 403, 404])
def test_a_refusal_for_good_is_believed_the_third_time(status: int) -> None:
    around = FakeSurroundings(replies=[HttpReply(status)])

    with pytest.raises(AnswerError, match=f"HTTP {status}: the request has expired, or it was answered before"):
        send(around)

    assert len(around.requests) == 3
    assert around.clock - 1_000.0 < 5.0


def test_a_refusal_that_passes_is_no_refusal() -> None:
    around = FakeSurroundings(replies=[REFUSAL, TimeoutError(), REFUSAL, HttpReply(200)])

    send(around)

    assert len(around.requests) == 4


def test_a_refusal_names_the_code_of_the_storage_service() -> None:
    with pytest.raises(AnswerError, match=r"HTTP 403 \(AccessDenied\)"):
        send(FakeSurroundings(replies=[REFUSAL]))


@pytest.mark.parametrize(
    "character", ["x", "ü", "漢", "😀", '"', "\n", "\x00", "\ud800"], ids=lambda one: f"U+{ord(one):04X}"
)
def test_a_reason_is_cut_to_what_cloudformation_takes_in_bytes(character: str) -> None:
    reason = send(FakeSurroundings(), character * 5_000)["Reason"]

    assert reason.endswith("...")
    assert len(reason) > 500


@pytest.mark.parametrize(("more", "end"), [(0, "x"), (1, "...")])
def test_no_more_is_cut_than_has_to_be(more: int, end: str) -> None:
    around = FakeSurroundings()
    answer(REQUEST, "SUCCESS", "x", surroundings=around)
    room = BODY_BYTES - len(body_of(around)) + 1

    answer(REQUEST, "SUCCESS", "x" * (room + more), surroundings=around)

    assert len(body_of(around)) == BODY_BYTES
    assert json.loads(body_of(around))["Reason"].endswith(end)


def test_room_is_counted_in_bytes_for_data_too() -> None:
    sent = send(FakeSurroundings(), "x" * 5_000, data={"Note": "ü" * 1_000})

    assert (sent["Data"], sent["Reason"][-3:]) == ({"Note": "ü" * 1_000}, "...")


def test_data_that_leave_no_room_are_left_out() -> None:
    sent = send(FakeSurroundings(), "why", data={"ActiveColor": "x" * 5_000})

    assert (sent["Data"], sent["Reason"]) == ({}, "why")


def test_an_empty_reason_becomes_the_status_since_a_failure_needs_one() -> None:
    assert send(FakeSurroundings(), "")["Reason"] == "SUCCESS"


@pytest.mark.parametrize("field", ["ResponseURL", "StackId", "RequestId", "LogicalResourceId"])
def test_an_event_that_cannot_be_answered_says_what_it_lacks(field: str) -> None:
    with pytest.raises(RequestError, match=f"the event has no {field}"):
        CloudFormationRequest.from_event({**EVENT, field: ""})


@pytest.mark.parametrize(
    "problem", [HttpReply(200), HttpReply(403), TimeoutError(URL), http.client.InvalidURL(URL), OSError(URL)], ids=repr
)
def test_the_address_of_the_answer_is_never_told(
    problem: HttpReply | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = [repr(REQUEST)]

    try:
        send(FakeSurroundings(replies=[problem]))
    except (AnswerError, AwsCallError):
        told.append(traceback.format_exc())

    told += [str(vars(record)) for record in caplog.records]
    assert not [text for text in told if SECRET in text]


def test_an_address_that_is_none_is_refused_without_naming_it() -> None:
    request = CloudFormationRequest("not a url", "arn:stack", "request-1", "Guard", "")

    with pytest.raises(AnswerError, match="the ResponseURL does not lead to CloudFormation"):
        answer(request, "SUCCESS", "done", surroundings=FakeSurroundings())


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (urllib.error.URLError(OSError(101, "Network is unreachable")), "OSError: Network is unreachable"),
        (ConnectionResetError(104, "Connection reset by peer"), "ConnectionResetError: Connection reset by peer"),
        (TimeoutError(), "TimeoutError"),
        (http.client.BadStatusLine("?"), "BadStatusLine"),
        (HttpReply(503), "HTTP 503"),
    ],
    ids=["unreachable", "reset", "timeout", "nonsense", "busy"],
)
def test_a_server_that_never_takes_the_answer_is_told_in_its_own_words(
    problem: HttpReply | Exception, words: str
) -> None:
    with pytest.raises(AwsCallError) as refused:
        send(FakeSurroundings(replies=[problem], lag_seconds=5.0))

    assert str(refused.value) == f"CloudFormation did not take the answer within 45 s: {words}"


def test_an_answer_that_is_no_success_is_none() -> None:
    around = FakeSurroundings(replies=[HttpReply(300), HttpReply(299)])

    send(around)

    assert len(around.requests) == 2


def test_the_last_try_waits_no_longer_than_there_is_time() -> None:
    around = FakeSurroundings(replies=[TimeoutError()], lag_seconds=8.0)

    with pytest.raises(AwsCallError):
        send(around)
    assert around.timeouts == [10.0, 10.0, 10.0, 10.0, 5.5]


def test_a_try_for_which_there_is_hardly_time_still_gets_a_second() -> None:
    around = FakeSurroundings(replies=[TimeoutError()], lag_seconds=9.25)

    with pytest.raises(AwsCallError):
        send(around)
    assert around.timeouts[-1] == 1.0


def test_a_refusal_is_told_when_there_is_no_time_for_another_try() -> None:
    with pytest.raises(AwsCallError, match=r"within 45 s: CloudFormation refuses the answer with HTTP 403"):
        send(FakeSurroundings(replies=[HttpReply(403)], lag_seconds=30.0))


def test_a_refusal_for_good_says_where_to_look() -> None:
    with pytest.raises(AnswerError) as refused:
        send(FakeSurroundings(replies=[HttpReply(403)]))

    assert str(refused.value) == (
        "CloudFormation refuses the answer with HTTP 403: the request has expired, or it was answered before. Look at "
        "the stack's events"
    )


def test_an_event_that_lacks_several_fields_names_them_all() -> None:
    with pytest.raises(RequestError) as refused:
        CloudFormationRequest.from_event({"RequestId": "r1", "LogicalResourceId": "Guard"})

    assert str(refused.value) == (
        "the event has no ResponseURL, StackId: CloudFormation did not send it, and nobody can be answered"
    )


def test_an_answer_whose_names_leave_no_room_is_sent_without_a_reason() -> None:
    around = FakeSurroundings()
    request = CloudFormationRequest.from_event({**EVENT, "PhysicalResourceId": "x" * 5_000})

    answer(request, "FAILED", "why", surroundings=around)

    assert json.loads(body_of(around))["Reason"] == ""


def test_an_address_that_is_none_says_what_to_look_at() -> None:
    request = CloudFormationRequest.from_event({**EVENT, "ResponseURL": "no address"})

    with pytest.raises(AnswerError) as refused:
        answer(request, "FAILED", "why", surroundings=FakeSurroundings())
    assert str(refused.value) == (
        "the ResponseURL does not lead to CloudFormation, so nothing was sent: look at who invoked the function"
    )


def test_an_address_that_cannot_be_dialed_says_what_to_look_at_without_naming_it() -> None:
    with pytest.raises(AnswerError) as refused:
        send(FakeSurroundings(replies=[http.client.InvalidURL("https://secret.example")]))

    assert str(refused.value).startswith("the ResponseURL is no URL")


def test_data_stay_while_the_mark_of_a_cut_has_room() -> None:
    around = FakeSurroundings()
    answer(REQUEST, "SUCCESS", "x", {"Note": ""}, surroundings=around)
    note = "x" * (BODY_BYTES - len(body_of(around)) + 1 - len("..."))

    assert send(FakeSurroundings(), "too long", data={"Note": note})["Data"] == {"Note": note}
    assert send(FakeSurroundings(), "too long", data={"Note": f"{note}x"})["Data"] == {}


def test_a_reason_loses_no_more_than_the_one_wide_character_that_has_no_room() -> None:
    around = FakeSurroundings()
    answer(REQUEST, "SUCCESS", "x", surroundings=around)
    room = BODY_BYTES - len(body_of(around)) + 1
    kept = "x" * (room - 3)

    assert send(FakeSurroundings(), f"{kept}😀")["Reason"] == f"{kept}..."


def test_an_answer_for_another_place_is_not_sent(caplog: pytest.LogCaptureFixture) -> None:
    around = FakeSurroundings()
    request = CloudFormationRequest.from_event({**EVENT, "ResponseURL": f"https://evil.example/answer?{SECRET}"})

    with pytest.raises(AnswerElsewhereError, match="does not lead to CloudFormation, so nothing was sent") as refused:
        answer(request, "SUCCESS", "done", surroundings=around)

    assert around.requests == []
    assert SECRET not in str(refused.value)


def test_a_function_that_is_to_answer_elsewhere_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    around, event = FakeSurroundings(), {**EVENT, "ResponseURL": f"https://evil.example/?{SECRET}"}

    serve(event, "id", lambda: Answer("SUCCESS", "done"), partial(answer, surroundings=around))

    (told,) = (str(vars(record)) for record in caplog.records)
    assert "does not lead to CloudFormation" in told
    assert "evil.example" not in told
    assert around.requests == []
