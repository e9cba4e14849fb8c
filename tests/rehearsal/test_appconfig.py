"""Feature flags from a template to the shop's pages: AppConfig of the local cloud, and a real process of the shop."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from greenlight_cdk.service_flags import READ

from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.cloud.appconfig.service import POLL_VARIABLE
from tests.rehearsal.local_cloud import LocalCloud, started
from tests.rehearsal.shop_process import Browser, color_key, create_tables, shop

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(120)]

TEMPLATE = {
    "Resources": {
        "Application": {"Type": "AWS::AppConfig::Application", "Properties": {"Name": "greenlight-shop"}},
        **{
            name: {
                "Type": "AWS::AppConfig::Environment",
                "Properties": {"ApplicationId": {"Ref": "Application"}, "Name": name.lower()},
            }
            for name in ("Live", "Other")
        },
        "Profile": {
            "Type": "AWS::AppConfig::ConfigurationProfile",
            "Properties": {
                "ApplicationId": {"Ref": "Application"},
                "Name": "flags",
                "LocationUri": "hosted",
                "Type": "AWS.AppConfig.FeatureFlags",
            },
        },
    },
    "Outputs": {name: {"Value": {"Ref": name}} for name in ("Application", "Live", "Other", "Profile")},
}
DEFINED = {
    "related-products": {
        "name": "Related products",
        "attributes": {"share_percent": {"constraints": {"type": "number", "minimum": 0, "maximum": 100}}},
    }
}


@dataclass(frozen=True)
class Flags:
    """What a template made, by the names of its outputs, and a user who may read one configuration of it."""

    cloud: LocalCloud
    ids: dict[str, str]
    key: dict[str, str]

    @property
    def place(self) -> str:
        return "/".join(self.ids[name] for name in ("Application", "Live", "Profile"))

    def deploy(self, strategy: str, **value: Any) -> int:
        """Write the flag and hand it out to all at once; the number of the deployment."""
        client = self.cloud.client("appconfig")
        profile = {"ApplicationId": self.ids["Application"], "ConfigurationProfileId": self.ids["Profile"]}
        content = json.dumps({"version": "1", "flags": DEFINED, "values": {"related-products": value}})
        version = client.create_hosted_configuration_version(
            **profile, Content=content.encode(), ContentType="application/json"
        )["VersionNumber"]
        number: int = client.start_deployment(
            **profile,
            EnvironmentId=self.ids["Live"],
            DeploymentStrategyId=strategy,
            ConfigurationVersion=str(version),
        )["DeploymentNumber"]
        return number

    def at_once(self) -> str:
        """A strategy that is done at once: AppConfig's own watches for ten minutes more."""
        strategy: str = self.cloud.client("appconfig").create_deployment_strategy(
            Name="at-once",
            DeploymentDurationInMinutes=0,
            FinalBakeTimeInMinutes=0,
            GrowthFactor=100,
            ReplicateTo="NONE",
        )["Id"]
        return strategy

    def take_back(self, number: int) -> None:
        where = {"ApplicationId": self.ids["Application"], "EnvironmentId": self.ids["Live"]}
        self.cloud.client("appconfig").stop_deployment(**where, DeploymentNumber=number, AllowRevert=True)

    def reader(self) -> Any:
        return boto3.client(
            "appconfigdata",
            endpoint_url=self.cloud.endpoint,
            region_name=REGION,
            aws_access_key_id=self.key["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.key["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"max_attempts": 0}),
        )

    def begin(self, environment: str, reader: Any) -> str:
        token: str = reader.start_configuration_session(
            ApplicationIdentifier=self.ids["Application"],
            EnvironmentIdentifier=environment,
            ConfigurationProfileIdentifier=self.ids["Profile"],
        )["InitialConfigurationToken"]
        return token


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flags]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(POLL_VARIABLE, "1")
        with started(tmp_path_factory.mktemp("cloud"), "iam", "cloudformation", "appconfig") as cloud:
            create_tables(cloud)
            ids = _stack(cloud)
            key = color_key(cloud)
            where = f"application/{ids['Application']}/environment/{ids['Live']}/configuration/{ids['Profile']}"
            arn = f"arn:aws:appconfig:{REGION}:{ACCOUNT}:{where}"
            document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": READ, "Resource": arn}]}
            cloud.client("iam").put_user_policy(
                UserName="color", PolicyName="flags", PolicyDocument=json.dumps(document)
            )
            yield Flags(cloud, ids, key)


def _stack(cloud: LocalCloud) -> dict[str, str]:
    client = cloud.client("cloudformation")
    client.create_stack(StackName="Flags", TemplateBody=json.dumps(TEMPLATE))
    client.get_waiter("stack_create_complete").wait(StackName="Flags", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    outputs = client.describe_stacks(StackName="Flags")["Stacks"][0]["Outputs"]
    return {each["OutputKey"]: each["OutputValue"] for each in outputs}


def _shown(origin: str) -> bool:
    return "related" in Browser().open(f"{origin}/api/products/enamel-mug").json


def _becomes(origin: str, wanted: bool) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if _shown(origin) is wanted:
            return True
        time.sleep(0.2)
    return False


def test_a_color_reads_the_configuration_that_it_may_and_no_other(flags: Flags) -> None:
    reader = flags.reader()
    flags.deploy(flags.at_once(), enabled=False)
    token = flags.begin(flags.ids["Live"], reader)

    read = json.loads(reader.get_latest_configuration(ConfigurationToken=token)["Configuration"].read())
    with pytest.raises(ClientError) as denied:
        flags.begin(flags.ids["Other"], reader)

    assert read == {"related-products": {"enabled": False}}
    assert denied.value.response["Error"]["Code"] == "AccessDeniedException"


def test_a_session_of_a_configuration_that_a_color_may_not_read_gives_it_nothing(flags: Flags) -> None:
    theirs = flags.begin(flags.ids["Other"], flags.cloud.client("appconfigdata"))

    with pytest.raises(ClientError) as denied:
        flags.reader().get_latest_configuration(ConfigurationToken=theirs)

    assert denied.value.response["Error"]["Code"] == "AccessDeniedException"


def test_a_flag_that_somebody_deploys_and_takes_back_changes_the_shop_that_runs(flags: Flags) -> None:
    variables = {"SESSION_SECRETS": secrets.token_urlsafe(32), "FLAGS_APPCONFIG": flags.place, **flags.key}
    with shop(flags.cloud, "blue", **variables) as running:
        flags.deploy(flags.at_once(), enabled=False)
        dark = _shown(running.origin)
        number = flags.deploy("AppConfig.AllAtOnce", enabled=True, share_percent=100)
        lit = _becomes(running.origin, wanted=True)
        flags.take_back(number)

        assert (dark, lit) == (False, True)
        assert _becomes(running.origin, wanted=False)
        assert running.is_up
