"""The alarms that guard a color while it gets production traffic."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

NAMESPACE = "AWS/ApplicationELB"
EVALUATED, BREACHING = 3, 2
"""Two of three periods: one bad minute is noise, and the newest minute is often incomplete."""


class ColorAlarms(Construct):
    """Error rate and P95 latency of one color. Without traffic it is not in alarm: missing data is not breaching."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        load_balancer: elbv2.ApplicationLoadBalancer,
        target_group: elbv2.ApplicationTargetGroup,
        period: Duration,
        min_requests: int,
        max_error_percent: float,
        max_p95_ms: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._period = period
        self._dimensions = {
            "LoadBalancer": load_balancer.load_balancer_full_name,
            "TargetGroup": target_group.target_group_full_name,
        }
        errors = self._alarm("Errors", self._error_percent(min_requests), max_error_percent, "5xx answers in percent")
        latency = self._alarm("Latency", self._metric("TargetResponseTime", "p95"), max_p95_ms / 1000, "P95 in seconds")
        self.alarms = (errors, latency)

    def _error_percent(self, min_requests: int) -> cloudwatch.MathExpression:
        """Below the minimum there is no rate: one failure of two requests is not 50 %."""
        return cloudwatch.MathExpression(
            expression=f"IF(requests >= {min_requests}, 100 * FILL(errors, 0) / requests, 0)",
            using_metrics={
                "requests": self._metric("RequestCount", "Sum"),
                "errors": self._metric("HTTPCode_Target_5XX_Count", "Sum"),
            },
            period=self._period,
        )

    def _metric(self, name: str, statistic: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            statistic=statistic,
            period=self._period,
            dimensions_map=self._dimensions,
        )

    def _alarm(self, name: str, metric: cloudwatch.IMetric, threshold: float, what: str) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            threshold=threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=EVALUATED,
            datapoints_to_alarm=BREACHING,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{what} of {self.node.path}: a switch to this color is refused or rolled back",
        )
