"""The fake clients against boto3's real behavior: validation, exceptions, retries, timeouts, IAM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

from tests.simulation.cloud import JOURNAL, STATE_MACHINE, TOPIC, Cloud
from tests.simulation.faults import Fault, Kind, Outage
from tests.simulation.functions import Function
from tests.simulation.machine import Machine
from tests.simulation.site import LISTENER, Site

ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5)
KEY = {"pk": {"S": "a"}}


def running(cloud: Cloud, body: Callable[[Machine], Any], grants: frozenset[str] | None = None) -> Any:
    """Run code as a function of the cloud; its first call has number 2, since the invocation itself is one."""

    def run(_event: Any, machine: Machine) -> Any:
        return body(machine)

    cloud.functions.add(Function("f", run, grants=grants))
    invocation = cloud.functions.invoke("f", {})
    assert invocation.error == "", invocation.cause
    return invocation.result


def put(machine: Machine, config: Config = ONCE) -> None:
    machine.client("dynamodb", config).put_item(TableName=JOURNAL, Item=KEY)


def seconds_and_error(cloud: Cloud, config: Config = ONCE) -> tuple[float, str]:
    """How long a PutItem took, and which exception it raised."""

    def body(machine: Machine) -> tuple[float, str]:
        began = machine.monotonic()
        try:
            put(machine, config)
        except Exception as error:
            return machine.monotonic() - began, type(error).__name__
        return machine.monotonic() - began, ""

    seconds, error = running(cloud, body)
    return seconds, error


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"TopicArn": TOPIC},
        {"TopicArn": TOPIC, "Message": 1},
        {"TopicArn": TOPIC, "Message": "m", "Urgent": True},
    ],
)
def test_what_boto3_refuses_is_refused_in_its_own_words(cloud: Cloud, parameters: dict[str, Any]) -> None:
    real = boto3.client("sns", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    said = []
    for client in (real, cloud.client("test", "sns")):
        with pytest.raises(ParamValidationError) as refused:
            client.publish(**parameters)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_a_length_that_only_aws_checks_is_refused_by_aws(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="'name' failed to satisfy constraint: Member must have length less than or"):
        cloud.client("test", "stepfunctions").start_execution(stateMachineArn=STATE_MACHINE, name="x" * 81)


def test_a_value_outside_an_enumeration_is_refused_by_aws(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="enum value set"):
        cloud.client("test", "dynamodb").get_item(TableName=JOURNAL, Key=KEY, ReturnConsumedCapacity="ALL")


def test_positional_arguments_are_refused_as_boto3_does(cloud: Cloud) -> None:
    with pytest.raises(TypeError, match="only accepts keyword arguments"):
        cloud.client("test", "sns").publish(TOPIC)


def test_a_method_that_the_service_does_not_have_is_an_attribute_error(cloud: Cloud) -> None:
    with pytest.raises(AttributeError):
        cloud.client("test", "elbv2").modify_the_rule()


def test_an_error_is_of_the_class_that_the_services_model_names(site: Site, elb: Any) -> None:
    rule = site.rule()
    assert rule is not None
    with pytest.raises(elb.exceptions.PriorityInUseException) as refused:
        elb.create_rule(
            ListenerArn=LISTENER,
            Priority=100,
            Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
            Actions=rule["Actions"],
        )
    assert refused.value.response["Error"]["Code"] == "PriorityInUse"


def test_a_paginator_is_botocores_own(site: Site, elb: Any) -> None:
    pages = list(elb.get_paginator("describe_rules").paginate(ListenerArn=LISTENER))
    assert [rule["Priority"] for page in pages for rule in page["Rules"]] == ["10", "11", "100", "default"]


def test_every_call_takes_virtual_time(cloud: Cloud) -> None:
    cloud.latency = (0.5, 0.5)
    assert seconds_and_error(cloud) == (1.0, "")


@pytest.mark.parametrize(
    ("kind", "seconds", "error", "written"),
    [
        (Kind.THROTTLED, 0.0, "ProvisionedThroughputExceededException", False),
        (Kind.DENIED, 0.0, "ClientError", False),
        (Kind.FAILED, 0.0, "InternalServerError", False),
        (Kind.CONFLICT, 0.0, "TransactionConflictException", False),
        (Kind.UNREACHABLE, 2.0, "ConnectTimeoutError", False),
        (Kind.LOST_REQUEST, 5.0, "ReadTimeoutError", False),
        (Kind.LOST_REPLY, 5.0, "ReadTimeoutError", True),
        (Kind.RESET, 0.0, "ConnectionClosedError", True),
    ],
)
def test_a_fault_takes_its_time_and_its_effect(
    cloud: Cloud, kind: Kind, seconds: float, error: str, written: bool
) -> None:
    cloud.latency = (0.0, 0.0)
    cloud.faults.numbered[2] = Fault(kind)
    assert seconds_and_error(cloud) == (seconds, error)
    assert (cloud.item("a") is not None) is written
    assert [(number, call) for number, _, call, _ in cloud.faults.met] == [(2, "dynamodb.PutItem")]


def test_a_slow_call_whose_caller_waits_long_enough_succeeds(cloud: Cloud) -> None:
    cloud.latency = (0.0, 0.0)
    cloud.faults.numbered[2] = Fault(Kind.SLOW, seconds=4)
    assert seconds_and_error(cloud) == (4.0, "")


def test_a_slow_write_lands_after_its_caller_has_given_up(cloud: Cloud) -> None:
    cloud.latency = (0.0, 0.0)
    cloud.faults.numbered[2] = Fault(Kind.SLOW, seconds=30)
    assert seconds_and_error(cloud) == (5.0, "ReadTimeoutError")
    assert cloud.item("a") is None
    cloud.run()
    assert cloud.item("a") is not None


def test_a_write_lands_although_its_function_is_dead(cloud: Cloud) -> None:
    cloud.faults.numbered[2] = Fault(Kind.SLOW, seconds=30)
    cloud.functions.add(Function("f", lambda _, machine: put(machine), timeout=2))
    assert cloud.functions.invoke("f", {}).error == "Sandbox.Timedout"
    cloud.run()
    assert cloud.item("a") is not None


@pytest.mark.parametrize(("kind", "written"), [(Kind.KILLED_BEFORE, False), (Kind.KILLED_AFTER, True)])
def test_a_function_can_die_before_and_after_a_call(cloud: Cloud, kind: Kind, written: bool) -> None:
    cloud.faults.numbered[2] = Fault(kind)
    cloud.functions.add(Function("f", lambda _, machine: put(machine)))
    assert cloud.functions.invoke("f", {}).error == "Runtime.ExitError"
    assert (cloud.item("a") is not None) is written


@pytest.mark.parametrize(
    ("retries", "attempts"),
    [
        ({"total_max_attempts": 1}, 1),
        ({"max_attempts": 0}, 1),
        ({"max_attempts": 1}, 2),
        ({"mode": "standard", "max_attempts": 4}, 5),
        ({"mode": "standard", "total_max_attempts": 3}, 3),
        ({"mode": "standard"}, 3),
        ({}, 10),
    ],
)
def test_the_sdk_tries_as_often_as_botocore_reads_the_configuration(
    cloud: Cloud, retries: dict[str, Any], attempts: int
) -> None:
    cloud.faults.numbered[2] = Fault(Kind.THROTTLED)
    seconds_and_error(cloud, Config(retries=retries))  # type: ignore[arg-type]
    assert len(cloud.faults.met) == attempts


def test_the_sdk_recovers_from_a_fault_of_its_first_attempt(cloud: Cloud) -> None:
    cloud.faults.numbered[2] = Fault(Kind.FAILED, attempts=1)
    _, error = seconds_and_error(cloud, Config(retries={"mode": "standard", "total_max_attempts": 2}))
    assert error == ""


def test_the_sdk_does_not_retry_what_was_denied(cloud: Cloud) -> None:
    cloud.faults.numbered[2] = Fault(Kind.DENIED)
    seconds_and_error(cloud, Config(retries={"mode": "standard", "total_max_attempts": 5}))
    assert len(cloud.faults.met) == 1


def test_a_fault_can_be_addressed_by_actor_operation_and_occurrence(cloud: Cloud) -> None:
    cloud.faults.addressed["f", "dynamodb.PutItem", 2] = Fault(Kind.THROTTLED)

    def body(machine: Machine) -> list[str]:
        said = []
        for _ in range(3):
            try:
                put(machine)
                said.append("put")
            except ClientError:
                said.append("throttled")
        return said

    assert running(cloud, body) == ["put", "throttled", "put"]


def test_an_outage_meets_every_call_to_its_service_and_no_other_while_it_lasts(cloud: Cloud) -> None:
    cloud.faults.outages.append(Outage("dynamodb", 0, 10))

    def body(machine: Machine) -> list[str]:
        machine.client("sns", ONCE).publish(TopicArn=TOPIC, Message="m")
        said = []
        for _ in range(2):
            try:
                put(machine)
                said.append("put")
            except ClientError as error:
                said.append(error.response["Error"]["Code"])
            machine.sleep(10)
        return said

    assert running(cloud, body) == ["InternalServerError", "put"]


def test_the_calls_of_an_operator_meet_no_faults(cloud: Cloud, db: Any) -> None:
    cloud.faults.outages.append(Outage("dynamodb", 0, 10))
    db.put_item(TableName=JOURNAL, Item=KEY)
    assert cloud.calls == 0


def test_what_iam_does_not_grant_is_denied_in_the_words_of_the_service(cloud: Cloud) -> None:
    def body(machine: Machine) -> list[str]:
        said = []
        calls: list[Callable[[], Any]] = [
            lambda: machine.client("elbv2", ONCE).describe_rules(ListenerArn=LISTENER),
            lambda: put(machine),
            lambda: machine.client("sns", ONCE).publish(TopicArn=TOPIC, Message="m"),
        ]
        for call in calls:
            with pytest.raises(ClientError) as refused:
                call()
            said.append(refused.value.response["Error"]["Code"])
        return said

    codes = ["AccessDenied", "AccessDeniedException", "AuthorizationError"]
    assert running(cloud, body, grants=frozenset({"dynamodb:GetItem"})) == codes


def test_a_transaction_needs_the_rights_of_its_parts(cloud: Cloud) -> None:
    parts = [
        {"Put": {"TableName": JOURNAL, "Item": KEY}},
        {"Delete": {"TableName": JOURNAL, "Key": {"pk": {"S": "b"}}}},
    ]

    def body(machine: Machine) -> str:
        try:
            machine.client("dynamodb", ONCE).transact_write_items(TransactItems=parts)
        except ClientError as error:
            return str(error)
        return ""

    assert "perform: dynamodb:DeleteItem" in running(cloud, body, grants=frozenset({"dynamodb:PutItem"}))
    assert running(cloud, body, grants=frozenset({"dynamodb:PutItem", "dynamodb:DeleteItem"})) == ""


def test_whoever_watches_is_told_after_every_write_and_after_no_read(cloud: Cloud, db: Any) -> None:
    told: list[str] = []
    cloud.after_event.append(lambda call, _parameters: told.append(call))
    db.put_item(TableName=JOURNAL, Item=KEY)
    db.get_item(TableName=JOURNAL, Key=KEY)
    assert told == ["dynamodb.PutItem"]


def test_interleavings_are_made_by_letting_a_caller_wait_before_a_call(cloud: Cloud) -> None:
    said: list[str] = []

    def writer(name: str) -> Callable[[Any, Machine], None]:
        def run(_event: Any, machine: Machine) -> None:
            put(machine)
            said.append(name)

        return run

    def slow_first(actor: str, call: str, _number: int) -> None:
        if (actor, call) == ("first", "dynamodb.PutItem"):
            cloud.kernel.sleep(60)

    cloud.before_call = slow_first
    for name in ("first", "second"):
        cloud.functions.add(Function(name, writer(name), timeout=100))
        cloud.functions.start(name, {})
    cloud.run()
    assert said == ["second", "first"]


def test_two_clouds_of_one_seed_tell_the_same_story() -> None:
    def story() -> list[tuple[Any, ...]]:
        cloud = Cloud(seed=3)
        for _ in range(3):
            running(cloud, put)
        return [(time, actor, call) for time, actor, call, _ in cloud.kernel.trace]

    assert story() == story()
