"""The alarms that guard a color while it gets production traffic."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct
from traffic_switch.contract import AlarmKind

from greenlight_cdk.alarm_expressions import THRESHOLD, error_excess, slow_excess

NAMESPACE = "AWS/ApplicationELB"
EVALUATED, BREACHING = 3, 2
"""Two of three periods: one bad minute is noise, and the newest minute is often incomplete."""


class ColorAlarms(Construct):
    """Errors and slow answers of one color. Without traffic it is not in alarm: missing data is not breaching.

    `names` are given, so that the functions can derive them: in their environment they would take much room.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        load_balancer: elbv2.ApplicationLoadBalancer,
        target_group: elbv2.ApplicationTargetGroup,
        period: Duration,
        max_error_percent: float,
        max_p95_ms: int,
        names: Mapping[AlarmKind, str],
    ) -> None:
        super().__init__(scope, construct_id)
        self._period, self._names = period, names
        self._dimensions = {
            "LoadBalancer": load_balancer.load_balancer_full_name,
            "TargetGroup": target_group.target_group_full_name,
        }
        errors = self._alarm(AlarmKind.ERRORS, self._errors(max_error_percent / 100), "more 5xx answers than allowed")
        latency = self._alarm(AlarmKind.LATENCY, self._latency(max_p95_ms / 1000), "more slow answers than allowed")
        self.alarms = (errors, latency)

    def _errors(self, limit: float) -> cloudwatch.MathExpression:
        metrics = {
            "requests": self._metric("RequestCount", "Sum"),
            "errors": self._metric("HTTPCode_Target_5XX_Count", "Sum"),
        }
        return cloudwatch.MathExpression(
            expression=error_excess(limit), using_metrics=metrics, period=self._period, label="excess of errors"
        )

    def _latency(self, slow_seconds: float) -> cloudwatch.MathExpression:
        metrics = {
            "answers": self._metric("TargetResponseTime", "SampleCount"),
            "within": self._metric("TargetResponseTime", f"PR(:{slow_seconds:g})"),
        }
        return cloudwatch.MathExpression(
            expression=slow_excess(), using_metrics=metrics, period=self._period, label="excess of slow answers"
        )

    def _metric(self, name: str, statistic: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            statistic=statistic,
            period=self._period,
            dimensions_map=self._dimensions,
        )

    def _alarm(self, kind: AlarmKind, metric: cloudwatch.IMetric, what: str) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            kind.capitalize(),
            alarm_name=self._names[kind],
            metric=metric,
            threshold=THRESHOLD,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=EVALUATED,
            datapoints_to_alarm=BREACHING,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{what}, of {self.node.path}: a switch to this color is refused or rolled back",
        )
