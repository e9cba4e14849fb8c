"""CloudWatch: alarms judged by the clock, metric math, and GetMetricData as AWS answers it.

ministack judges an alarm when data arrives, over every dimension at once, and knows no metric math. Here every alarm is
judged once a second, by the rules of CloudWatch's guide, and a change of state is announced on EventBridge as well.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import cloudwatch, eventbridge
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudwatch import actions, announcement, metric_data, store
from greenlight.rehearsal.cloud.cloudwatch.alarm_math import MetricMathError
from greenlight.rehearsal.cloud.cloudwatch.alarm_state import AlarmState
from greenlight.rehearsal.cloud.cloudwatch.alarms import SINGLE_METRIC_FIELDS, check, look
from greenlight.rehearsal.cloud.cloudwatch.metric_data import Handler
from greenlight.rehearsal.cloud.cloudwatch.queries import parse
from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.requirement import require

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
FORCED_STATE_SECONDS = 10.0
"""How long SetAlarmState holds at least: until the next evaluation, and CloudWatch has 10 s between two at least."""


def install(context: CloudContext) -> None:
    """Put our alarms in ministack's place, and start their clock."""
    require(cloudwatch, *store.REQUIRED, "_alarms", "_evaluate_alarm", "_evaluate_all_alarms", "_evict_old_metrics")
    require(cloudwatch, "_evaluate_parent_alarms", "_dispatch_alarm_actions", "_record_history", "_set_alarm_state")
    require(cloudwatch, *metric_data.REQUIRED, *actions.REQUIRED, "_get_metric_data", "_put_metric_alarm")
    require(provisioners, "_cw_metric_alarm_record")
    require(eventbridge, "_put_events")
    alarms = Alarms()
    cloudwatch._evaluate_alarm = alarms.evaluate
    cloudwatch._evaluate_all_alarms = lambda: None
    cloudwatch._evict_old_metrics = lambda: None  # it copies every point at every call; no run lasts two weeks
    cloudwatch._set_alarm_state = alarms.held(cloudwatch._set_alarm_state)
    dispatch = actions.with_topic_policies(cloudwatch._dispatch_alarm_actions, context.silences)
    cloudwatch._dispatch_alarm_actions = _announced(dispatch)
    cloudwatch._put_metric_alarm = _with_metric_math(cloudwatch._put_metric_alarm)
    cloudwatch._get_metric_data = metric_data.with_expressions(cloudwatch._get_metric_data)
    provisioners._cw_metric_alarm_record = _record_with_metric_math(provisioners._cw_metric_alarm_record)
    threading.Thread(target=alarms.run, name="alarm-clock", daemon=True).start()


class Alarms:
    """All metric alarms of the cloud, judged again and again."""

    def __init__(self) -> None:
        self._held_until: dict[str, float] = {}

    def run(self) -> None:
        """Judge every alarm once per tick, as long as the process lives."""
        while True:
            time.sleep(TICK_SECONDS)
            for (account, region, _), alarm in list(cloudwatch._alarms.all_items()):
                set_request_account_id(account)
                set_request_region(region)
                self._evaluate_safely(alarm)

    def _evaluate_safely(self, alarm: dict[str, Any]) -> None:
        try:
            self.evaluate(alarm)
        except Exception:
            log.exception("the alarm %s could not be evaluated", alarm.get("AlarmName"))

    def evaluate(self, alarm: dict[str, Any]) -> None:
        """Judge one alarm now, and act on a change of its state."""
        now = time.time()
        if now < self._held_until.get(alarm["AlarmArn"], 0):
            return
        judgment = look(alarm, now, store.read, store.count_samples)
        if judgment is not None and judgment.state != alarm["StateValue"]:
            _change(alarm, judgment.state, judgment.reason)

    def held(self, set_state: Handler) -> Handler:
        """SetAlarmState: what it sets lasts until the next evaluation that AWS could make."""

        def set_alarm_state(params: dict[str, Any], data: dict[str, Any], is_cbor: bool, is_json: bool) -> Any:
            alarm = cloudwatch._alarms.get(data.get("AlarmName"))
            if alarm is not None:
                seconds = max(FORCED_STATE_SECONDS, float(alarm.get("Period") or 0))
                self._held_until[alarm["AlarmArn"]] = time.time() + seconds
            return set_state(params, data, is_cbor, is_json)

        return set_alarm_state


def _change(alarm: dict[str, Any], state: AlarmState, reason: str) -> None:
    old_state = alarm["StateValue"]
    now = int(time.time())
    alarm |= {"StateValue": str(state), "StateReason": reason, "StateUpdatedTimestamp": now}
    alarm["StateTransitionedTimestamp"] = now
    log.info("alarm %s: %s -> %s (%s)", alarm["AlarmName"], old_state, state, reason)
    cloudwatch._record_history(alarm["AlarmName"], old_state, str(state), reason)
    cloudwatch._dispatch_alarm_actions(alarm, old_state, str(state), reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _announced(dispatch: Callable[[dict[str, Any], str, str, str], None]) -> Callable[..., None]:
    """Besides the alarm's own actions, every change of state is an event on the default bus."""

    def dispatch_alarm_actions(alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
        dispatch(alarm, old_state, new_state, reason)
        entry = announcement.entry(alarm, old_state, new_state, reason)
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)

    return dispatch_alarm_actions


def _with_metric_math(put: Handler) -> Handler:
    """PutMetricAlarm keeps Metrics, which ministack drops, and refuses expressions that cannot be worked out."""

    def put_metric_alarm(params: dict[str, Any], data: dict[str, Any], is_cbor: bool, is_json: bool) -> Any:
        try:
            check(data)
        except MetricMathError as error:
            return cloudwatch._error("ValidationError", str(error), 400, use_json=is_json, use_cbor=is_cbor)
        answer = put(params, data, is_cbor, is_json)
        alarm = cloudwatch._alarms.get(data.get("AlarmName"))
        if answer[0] == 200 and alarm is not None:
            _complete(alarm, data)
            cloudwatch._evaluate_alarm(alarm)
        return answer

    return put_metric_alarm


def _record_with_metric_math(record: Callable[[str, dict[str, Any]], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """AWS::CloudWatch::Alarm with Metrics, which ministack refuses. Its other properties are read by ministack."""

    def metric_alarm_record(name: str, props: dict[str, Any]) -> dict[str, Any]:
        stand_in = {"MetricName": "-", "Namespace": "-"} if props.get("Metrics") else {}
        alarm = record(name, {**props, "Metrics": None, **stand_in})
        _complete(alarm, props)
        check(alarm)
        return alarm

    return metric_alarm_record


def _complete(alarm: dict[str, Any], source: Mapping[str, Any]) -> None:
    """Add what ministack does not keep of an alarm's definition."""
    if source.get("EvaluateLowSampleCountPercentile"):
        alarm["EvaluateLowSampleCountPercentile"] = source["EvaluateLowSampleCountPercentile"]
    if source.get("Metrics"):
        alarm["Metrics"] = [query.as_aws() for query in parse(source["Metrics"])]
        for name in SINGLE_METRIC_FIELDS:
            alarm.pop(name, None)
