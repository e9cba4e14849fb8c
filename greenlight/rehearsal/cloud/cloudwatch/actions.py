"""The actions of an alarm: a message to each topic that lets CloudWatch in, and an entry in the alarm's history.

CloudWatch guide, "Notifying users on alarm changes", and "Why didn't I receive an SNS notification for my CloudWatch
alarm trigger?" on re:Post. What a topic refuses is in the history alone: nobody is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import now_iso
from ministack.services import cloudwatch

from greenlight.rehearsal.cloud.silences import Silences
from greenlight.rehearsal.cloud.sns.service import lets_in

PRINCIPAL = "cloudwatch.amazonaws.com"
FIELDS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
REQUIRED = ("_history_entries", "_is_sns_action_arn")
"""The names of ministack's cloudwatch module that this module uses."""

Alarm = dict[str, Any]
Dispatch = Callable[[Alarm, str, str, str], None]


def with_topic_policies(dispatch: Dispatch, silences: Silences) -> Dispatch:
    """Leave out the topics that do not let the alarm publish."""

    def dispatch_alarm_actions(alarm: Alarm, old_state: str, new_state: str, reason: str) -> None:
        field = FIELDS.get(new_state, "")
        topics = [each for each in alarm.get(field) or () if cloudwatch._is_sns_action_arn(each)]
        closed = [each for each in topics if not lets_in(each, PRINCIPAL, alarm["AlarmArn"])]
        if alarm.get("ActionsEnabled", True):
            for topic in topics:
                _record(alarm, topic, is_closed=topic in closed)
            for topic in closed:
                silences.lost(
                    f"the alarm {alarm['AlarmName']} may not publish to {topic}: the topic's policy forbids it"
                )
        dispatch({**alarm, field: [each for each in topics if each not in closed]}, old_state, new_state, reason)

    return dispatch_alarm_actions


def _record(alarm: Mapping[str, Any], topic: str, *, is_closed: bool) -> None:
    """The entry that DescribeAlarmHistory shows of one action."""
    refusal = f"Resource: {alarm['AlarmArn']} is not authorized to perform: SNS:Publish on resource: {topic}"
    failed = f'Failed to execute action {topic}. Received error: "{refusal}"'
    cloudwatch._history_entries().append(
        {
            "AlarmName": alarm["AlarmName"],
            "AlarmType": "CompositeAlarm" if alarm.get("AlarmRule") else "MetricAlarm",
            "Timestamp": now_iso(),
            "HistoryItemType": "Action",
            "HistorySummary": failed if is_closed else f"Successfully executed action {topic}",
            "HistoryData": "{}",
        }
    )
