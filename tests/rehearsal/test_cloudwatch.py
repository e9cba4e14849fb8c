"""CloudWatch in the local cloud: alarms that watch the clock, and metrics with expressions."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from greenlight_cdk.alarm_expressions import THRESHOLD, error_excess, slow_excess

from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

NAMESPACE = "Greenlight/Test"
NAMES = ("excess-of-errors", "excess-of-slowness")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "cloudwatch") as cloud:
        yield cloud


def dimensions(color: str) -> list[dict[str, str]]:
    return [{"Name": "TargetGroup", "Value": color}]


def put(cloud: LocalCloud, name: str, value: float, color: str = "green", at: float | None = None) -> None:
    datum = {"MetricName": name, "Value": value, "Dimensions": dimensions(color)}
    moment = datetime.fromtimestamp(at if at is not None else time.time(), UTC)
    cloud.client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=[{**datum, "Timestamp": moment}])


def stat(name: str, statistic: str = "Sum", period: int = 1) -> dict[str, Any]:
    metric = {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": dimensions("green")}
    return {"Metric": metric, "Period": period, "Stat": statistic}


def alarm(cloud: LocalCloud, name: str, metric: str, **settings: Any) -> None:
    cloud.client("cloudwatch").put_metric_alarm(
        **{
            "AlarmName": name,
            "Namespace": NAMESPACE,
            "MetricName": metric,
            "Dimensions": dimensions("green"),
            "Statistic": "Sum",
            "Period": 1,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            **settings,
        }
    )


def described(cloud: LocalCloud, name: str) -> dict[str, Any]:
    found: dict[str, Any] = cloud.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    return found


def becomes(cloud: LocalCloud, name: str, state: str) -> bool:
    return bool(eventually(lambda: described(cloud, name)["StateValue"] == state))


def test_an_alarm_goes_off_for_its_own_dimensions_and_back_by_itself(cloud: LocalCloud) -> None:
    alarm(cloud, "errors-green", "Errors")
    assert becomes(cloud, "errors-green", "OK")

    put(cloud, "Errors", 9, "blue")
    time.sleep(2.2)
    assert described(cloud, "errors-green")["StateValue"] == "OK"

    put(cloud, "Errors", 9, "green")
    assert becomes(cloud, "errors-green", "ALARM")
    assert "[9] were greater than the threshold (1)" in described(cloud, "errors-green")["StateReason"]
    assert becomes(cloud, "errors-green", "OK")


def test_an_alarm_waits_for_enough_datapoints(cloud: LocalCloud) -> None:
    alarm(cloud, "twice", "Twice", EvaluationPeriods=3, DatapointsToAlarm=2)
    assert becomes(cloud, "twice", "OK")
    now = time.time()

    put(cloud, "Twice", 9, at=now)
    time.sleep(1.5)
    assert described(cloud, "twice")["StateValue"] == "OK"
    put(cloud, "Twice", 9, at=now + 1)

    assert becomes(cloud, "twice", "ALARM")


def rate_alarm() -> dict[str, Any]:
    expression = "IF(FILL(requests, 0) >= 10, 100 * FILL(errors, 0) / requests, 0)"
    return {
        "Metrics": [
            {"Id": "rate", "Expression": expression, "Label": "error rate"},
            {"Id": "requests", "MetricStat": stat("Requests"), "ReturnData": False},
            {"Id": "errors", "MetricStat": stat("Failures"), "ReturnData": False},
        ],
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }


def test_an_alarm_on_metric_math_survives_cloudformation_and_works(cloud: LocalCloud) -> None:
    properties: Mapping[str, Any] = {"AlarmName": "rate", **rate_alarm()}
    template = {"Resources": {"Rate": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}}}
    stacks = cloud.client("cloudformation")
    stacks.create_stack(StackName="rate", TemplateBody=json.dumps(template))
    eventually(lambda: stacks.describe_stacks(StackName="rate")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE")

    seen = described(cloud, "rate")
    assert [(m["Id"], m["ReturnData"]) for m in seen["Metrics"]] == [
        ("rate", True),
        ("requests", False),
        ("errors", False),
    ]
    assert "MetricName" not in seen
    assert becomes(cloud, "rate", "OK")
    now = time.time()
    put(cloud, "Requests", 100, at=now)
    put(cloud, "Failures", 5, at=now)
    assert becomes(cloud, "rate", "ALARM")
    assert "[5] were greater than" in described(cloud, "rate")["StateReason"]


def test_metric_math_that_is_not_rehearsed_is_refused_by_name(cloud: LocalCloud) -> None:
    client = cloud.client("cloudwatch")
    metrics = [{"Id": "e", "Expression": "RATE(m)"}, {"Id": "m", "MetricStat": stat("M"), "ReturnData": False}]

    with pytest.raises(client.exceptions.ClientError, match="the function RATE, which is not rehearsed"):
        client.put_metric_alarm(AlarmName="no", **{**rate_alarm(), "Metrics": metrics})


def test_a_forced_state_lasts_until_the_next_evaluation_of_aws(cloud: LocalCloud) -> None:
    alarm(cloud, "forced", "Nothing")
    assert becomes(cloud, "forced", "OK")

    cloud.client("cloudwatch").set_alarm_state(AlarmName="forced", StateValue="ALARM", StateReason="drill")
    time.sleep(2.2)

    assert described(cloud, "forced")["StateValue"] == "ALARM"


def queue(cloud: LocalCloud, name: str) -> tuple[str, str]:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    return url, arn


def received(cloud: LocalCloud, url: str) -> Any:
    sqs = cloud.client("sqs")
    messages = eventually(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    return json.loads(messages[0]["Body"])


def test_a_change_of_state_reaches_sns_and_eventbridge(cloud: LocalCloud) -> None:
    sns, events = cloud.client("sns"), cloud.client("events")
    topic = sns.create_topic(Name="page")["TopicArn"]
    (pages, pages_arn), (heard, heard_arn) = queue(cloud, "pages"), queue(cloud, "heard")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=pages_arn)
    pattern = {"source": ["aws.cloudwatch"], "detail": {"alarmName": ["told"], "state": {"value": ["ALARM"]}}}
    events.put_rule(Name="alarms", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="alarms", Targets=[{"Id": "1", "Arn": heard_arn}])
    alarm(cloud, "told", "Told", AlarmActions=[topic])

    put(cloud, "Told", 9)

    event = received(cloud, heard)
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["detail"]["previousState"]["value"] in ("OK", "INSUFFICIENT_DATA")
    metric = event["detail"]["configuration"]["metrics"][0]["metricStat"]["metric"]
    assert metric == {"namespace": NAMESPACE, "name": "Told", "dimensions": {"TargetGroup": "green"}}
    assert json.loads(received(cloud, pages)["Message"])["NewStateValue"] == "ALARM"


def data(cloud: LocalCloud, *queries: dict[str, Any], start: float, end: float, **more: Any) -> list[dict[str, Any]]:
    answer = cloud.client("cloudwatch").get_metric_data(
        MetricDataQueries=queries,
        StartTime=datetime.fromtimestamp(start, UTC),
        EndTime=datetime.fromtimestamp(end, UTC),
        **more,
    )
    results: list[dict[str, Any]] = answer["MetricDataResults"]
    return results


def test_get_metric_data_works_out_expressions_per_period(cloud: LocalCloud) -> None:
    start = int(time.time()) // 60 * 60 - 3600
    for second, requests, errors in ((0, 10, 1), (59, 10, 1), (60, 50, 0), (120, 99, 99)):
        put(cloud, "Rq", requests, at=start + second)
        put(cloud, "Er", errors, at=start + second)
    queries = (
        {"Id": "rate", "Expression": "100 * er / rq"},
        {"Id": "rq", "MetricStat": stat("Rq", period=60)},
        {"Id": "er", "MetricStat": stat("Er", period=60), "ReturnData": False},
    )

    rate, counted = data(cloud, *queries, start=start + 1, end=start + 120, ScanBy="TimestampAscending")

    assert (rate["Id"], rate["Values"]) == ("rate", [10, 0])
    assert [at.timestamp() for at in counted["Timestamps"]] == [start, start + 60]
    assert counted["Values"] == [20, 50]


def test_get_metric_data_gives_percentiles_of_seconds_newest_first(cloud: LocalCloud) -> None:
    start = int(time.time()) - 3600
    for hundredth in range(100):
        put(cloud, "Time", hundredth / 100, at=start + hundredth / 100)
    put(cloud, "Time", 7, at=start + 1)

    (result,) = data(cloud, {"Id": "p", "MetricStat": stat("Time", "p95")}, start=start, end=start + 5)

    assert result["Values"] == [7, pytest.approx(0.9405)]
    assert result["Timestamps"][0].timestamp() == start + 1


def test_get_metric_data_gives_the_percentage_of_values_within_a_bound(cloud: LocalCloud) -> None:
    start = int(time.time()) - 1800
    for tenth in range(1, 11):
        put(cloud, "Rank", tenth / 10, at=start + tenth / 20)

    rank, count = data(
        cloud,
        {"Id": "rank", "MetricStat": stat("Rank", "PR(:0.5)")},
        {"Id": "count", "MetricStat": stat("Rank", "SampleCount")},
        start=start,
        end=start + 1,
    )

    assert (rank["Values"], count["Values"]) == ([50], [10])


def test_a_statistic_that_is_not_rehearsed_is_refused_by_name(cloud: LocalCloud) -> None:
    with pytest.raises(ClientError, match=r"the statistic TC\(:0\.5\) is not rehearsed"):
        data(cloud, {"Id": "count", "MetricStat": stat("Rank", "TC(:0.5)")}, start=0, end=60)


def test_the_alarms_of_a_color_go_off_on_an_excess_of_errors_and_of_slow_answers(cloud: LocalCloud) -> None:
    def excess(expression: str, **metrics: dict[str, Any]) -> dict[str, Any]:
        queries = [{"Id": name, "MetricStat": each, "ReturnData": False} for name, each in metrics.items()]
        wanted = {"Id": "excess", "Expression": expression, "Label": "excess"}
        return {**rate_alarm(), "Metrics": [wanted, *queries], "Threshold": THRESHOLD}

    client = cloud.client("cloudwatch")
    counts = {"requests": stat("Came"), "errors": stat("Failed")}
    times = {"answers": stat("Took", "SampleCount"), "within": stat("Took", "PR(:0.5)")}
    client.put_metric_alarm(AlarmName=NAMES[0], **excess(error_excess(0.01), **counts))
    client.put_metric_alarm(AlarmName=NAMES[1], **excess(slow_excess(), **times))
    assert all(becomes(cloud, name, "OK") for name in NAMES)

    moment = {"Timestamp": datetime.now(UTC), "Dimensions": dimensions("green")}
    client.put_metric_data(
        Namespace=NAMESPACE,
        MetricData=[
            {"MetricName": "Came", "Value": 1000, **moment},
            {"MetricName": "Failed", "Value": 50, **moment},
            {"MetricName": "Took", "Values": [0.9, 0.1], "Counts": [20, 100], **moment},
        ],
    )

    assert eventually(lambda: {described(cloud, name)["StateValue"] for name in NAMES} == {"ALARM"})
