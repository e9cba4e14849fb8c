"""What settings name and no stack makes is there before the first deployment."""

from __future__ import annotations

import boto3
import pytest

from greenlight.rehearsal.givens import provide
from stacks.settings import Settings
from tests.rehearsal.local_cloud import eventually, started

pytestmark = pytest.mark.rehearsal


def test_every_alarm_that_the_settings_name_is_made_and_is_ok(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = {"blue_version": "1", "green_version": "1"}
    settings = Settings.from_context({"services": {"shop": service}, "alarm_names": ["sales", "stock"]})

    with started(tmp_path_factory.mktemp("cloud"), "iam", "cloudwatch") as cloud:
        cloudwatch = cloud.client("cloudwatch")
        monkeypatch.setattr(boto3, "client", lambda _: cloudwatch)
        provide(settings)

        def states() -> dict[str, str]:
            found = cloudwatch.describe_alarms()["MetricAlarms"]
            return {each["AlarmName"]: each["StateValue"] for each in found}

        assert eventually(lambda: states() == {"sales": "OK", "stock": "OK"}), states()
