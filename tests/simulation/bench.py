"""How long the fakes take on this machine: `python -m tests.simulation.bench` (with `.` and `lambda` on the path)."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any
from urllib.request import Request

from botocore.config import Config

from tests.simulation.cloud import JOURNAL, Cloud
from tests.simulation.functions import Function
from tests.simulation.machine import Machine
from tests.simulation.site import HOST, LISTENER, Site, add_site

CALLS = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=3, read_timeout=10)
ROUNDS = 500
BATCHES = 5
KEY = {"pk": {"S": "lock#shop"}}
MINE = {"ExpressionAttributeNames": {"#owner": "owner"}, "ExpressionAttributeValues": {":me": {"S": "me"}}}
FENCE = {"ConditionExpression": "#owner = :me AND epoch = :one"}
VALUES = {":me": {"S": "me"}, ":one": {"N": "1"}, ":now": {"N": "17.5"}}
OWNER = {"#owner": "owner"}


def measured() -> dict[str, float]:
    """Microseconds per call, by what was called."""
    cloud = Cloud()
    site = add_site(cloud)
    site.write_rule(100, 0)
    found: dict[str, float] = {}

    def run(_event: Any, machine: Machine) -> None:
        for name, call in _calls(machine, site).items():
            found[name] = _timed(call)
            cloud.kernel.trace.clear()

    cloud.functions.add(Function("bench", run, timeout=1e9))
    cloud.functions.invoke("bench", {})
    cloud.functions.add(Function("nothing", lambda event, machine: event))
    found["invocation"] = _timed(lambda: cloud.functions.invoke("nothing", {"switch": {"id": "a"}}))
    found["cloud and site"] = _timed(_whole)
    return found


def _calls(machine: Machine, site: Site) -> dict[str, Callable[[], Any]]:
    db, elb = machine.client("dynamodb", CALLS), machine.client("elbv2", CALLS)
    cloudwatch = machine.client("cloudwatch", CALLS)
    db.put_item(TableName=JOURNAL, Item={**KEY, "owner": {"S": "me"}, "epoch": {"N": "1"}})
    rule = site.rule()
    assert rule is not None
    pages = elb.get_paginator("describe_rules")
    metric = {"Namespace": "AWS/ApplicationELB", "MetricName": "RequestCount", "Dimensions": _dimensions(site)}
    query = {"Id": "r", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    return {
        "GetItem": lambda: db.get_item(TableName=JOURNAL, Key=KEY, ConsistentRead=True),
        "UpdateItem": lambda: db.update_item(
            TableName=JOURNAL,
            Key=KEY,
            UpdateExpression="SET since = if_not_exists(since, :now)",
            ExpressionAttributeNames=OWNER,
            ExpressionAttributeValues=VALUES,
            **FENCE,
        ),
        "TransactWriteItems": lambda: db.transact_write_items(TransactItems=_transaction()),
        "DescribeRules (pages)": lambda: list(pages.paginate(ListenerArn=LISTENER)),
        "ModifyRule": lambda: elb.modify_rule(RuleArn=rule["RuleArn"], Actions=rule["Actions"]),
        "DescribeTargetHealth": lambda: elb.describe_target_health(TargetGroupArn=site.group("blue")),
        "GetMetricData (1 query)": lambda: cloudwatch.get_metric_data(
            MetricDataQueries=[query], StartTime=machine.now() - 300, EndTime=machine.now()
        ),
        "fetch": lambda: machine.fetch(Request(f"http://{HOST}/"), 5.0),
        "spread of 20": lambda: machine.spread([(n / 20, lambda: machine.fetch(REQUEST, 5.0)) for n in range(20)]),
    }


REQUEST = Request(f"http://{HOST}/")


def _dimensions(site: Site) -> list[dict[str, str]]:
    return [{"Name": "TargetGroup", "Value": site.dimension("blue")}]


def _transaction() -> list[dict[str, Any]]:
    where = {"TableName": JOURNAL}
    names = {"ExpressionAttributeNames": OWNER}
    fence = {
        **where,
        "Key": KEY,
        **names,
        "ExpressionAttributeValues": {":me": {"S": "me"}, ":one": {"N": "1"}},
        **FENCE,
    }
    mark = {
        **where,
        "Key": {"pk": {"S": "switch#1"}},
        "UpdateExpression": "SET shifted_at = if_not_exists(shifted_at, :now)",
        "ExpressionAttributeValues": {":now": {"N": "17.5"}},
    }
    return [{"ConditionCheck": fence}, {"Update": mark}]


def _timed(what: Callable[[], Any]) -> float:
    """CPU time in microseconds, of the quickest batch: whatever else the machine does only adds to it."""
    batches = []
    for _ in range(BATCHES):
        started = process_time()
        for _ in range(ROUNDS):
            what()
        batches.append((process_time() - started) / ROUNDS * 1e6)
    return min(batches)


def _whole() -> None:
    cloud = Cloud()
    add_site(cloud).write_rule(100, 0)
    cloud.close()


if __name__ == "__main__":
    for name, microseconds in measured().items():
        print(f"{name:<26}{microseconds:8.1f} µs")
