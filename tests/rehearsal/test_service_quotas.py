"""Service Quotas: AWS's defaults, and no more (API reference, GetServiceQuota; AWS General Reference, quotas)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from greenlight.doctor.quotas import QUOTAS, Quota
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "ec2", "ecr", "service_quotas") as cloud:
        yield cloud


@pytest.mark.parametrize("quota", QUOTAS, ids=lambda quota: quota.code)
def test_every_quota_that_the_doctor_asks_for_is_there_under_its_name(cloud: LocalCloud, quota: Quota) -> None:
    quotas = cloud.client("service-quotas")
    asked = {"ServiceCode": quota.service, "QuotaCode": quota.code}

    own, default = quotas.get_service_quota(**asked)["Quota"], quotas.get_aws_default_service_quota(**asked)["Quota"]

    assert own["QuotaName"] == quota.title
    assert own["Value"] == default["Value"] > 0


def test_an_unknown_quota_is_no_such_resource(cloud: LocalCloud) -> None:
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        cloud.client("service-quotas").get_service_quota(ServiceCode="ec2", QuotaCode="L-00000000")


def test_nobody_gets_more(cloud: LocalCloud) -> None:
    with pytest.raises(ClientError, match="RequestServiceQuotaIncrease is not rehearsed"):
        cloud.client("service-quotas").request_service_quota_increase(
            ServiceCode="vpc", QuotaCode="L-F678F1CE", DesiredValue=9
        )


def test_reading_a_quota_takes_the_permission(cloud: LocalCloud) -> None:
    asked = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}

    with pytest.raises(ClientError, match="not authorized to perform: servicequotas:GetServiceQuota"):
        cloud.user("service-quotas", "nobody", ["ec2:DescribeVpcs"]).get_service_quota(**asked)
    assert cloud.user("service-quotas", "reader", ["servicequotas:GetServiceQuota"]).get_service_quota(**asked)
