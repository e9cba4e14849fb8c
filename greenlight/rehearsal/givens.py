"""What settings name and no stack makes: it is there before the first deployment, as it would be on AWS.

The certificate is there too: see `greenlight.rehearsal.certificates`.
"""

from __future__ import annotations

import boto3

from stacks.settings import Settings

NAMESPACE = "Rehearsal"
WINDOW_SECONDS = 60


def provide(settings: Settings) -> None:
    """Make every alarm of `alarm_names`: one that is OK as long as nobody puts it into another state."""
    cloudwatch = boto3.client("cloudwatch")
    for name in settings.alarm_names:
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription="made by the rehearsal, because the setting alarm_names names it",
            Namespace=NAMESPACE,
            MetricName=name,
            Statistic="Sum",
            Period=WINDOW_SECONDS,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
        )
