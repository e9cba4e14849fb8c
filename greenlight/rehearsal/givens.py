"""What settings name and no stack makes: it is there before the first deployment, as it would be on AWS.

The certificate is there too: see `greenlight.rehearsal.certificates`.
"""

from __future__ import annotations

import boto3

from stacks.settings import Settings

NAMESPACE = "Rehearsal"
WINDOW_SECONDS = 60


TRAIL = "account"


def provide(settings: Settings) -> None:
    """Make what this account is to have before Greenlight comes."""
    _alarms(settings)
    if settings.is_strict:
        _trail()


def _trail() -> None:
    """Log what is called, as an account does that watches for strangers."""
    cloudtrail = boto3.client("cloudtrail")
    cloudtrail.create_trail(Name=TRAIL, S3BucketName="account-trail", IsMultiRegionTrail=True)
    cloudtrail.start_logging(Name=TRAIL)


def _alarms(settings: Settings) -> None:
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
