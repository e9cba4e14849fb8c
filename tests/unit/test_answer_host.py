"""Which ResponseURLs are CloudFormation's own."""

from __future__ import annotations

import pytest
from traffic_switch.ports.answer_host import is_cloudformations

BUCKET = "cloudformation-custom-resource-response"
REHEARSED = {"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", f"{BUCKET}-useast1.s3.amazonaws.com"),
        ("us-east-1", f"{BUCKET}-useast1.s3.us-east-1.amazonaws.com"),
        ("us-east-1", f"{BUCKET}-useast1.s3.us-east-1.amazonaws.com:443"),
        ("eu-west-1", f"{BUCKET}-euwest1.s3-eu-west-1.amazonaws.com"),
        ("us-gov-west-1", f"{BUCKET}-usgovwest1.s3.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", f"{BUCKET}-cnnorth1.s3.cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1", f"{BUCKET}-euscdeeast1.s3.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_an_answer_goes_to_the_bucket_of_the_functions_region(region: str, host: str) -> None:
    assert is_cloudformations(f"https://{host}/arn%3Aaws%3Astack?X-Amz-Signature=1", {"AWS_REGION": region})


@pytest.mark.parametrize(
    "url",
    [
        f"http://{BUCKET}-useast1.s3.us-east-1.amazonaws.com/",
        f"https://{BUCKET}-euwest1.s3.eu-west-1.amazonaws.com/",
        f"https://{BUCKET}-useast1.s3.eu-west-1.amazonaws.com/",
        f"https://{BUCKET}-evil.s3.us-east-1.amazonaws.com/",
        f"https://{BUCKET}-useast1.s3.us-east-1.amazonaws.com.evil.example/",
        f"https://{BUCKET}-useast1.s3.us-east-1.amazonaws.com@evil.example/",
        f"https://{BUCKET}-useast1.s3.us-east-1.amazonaws.com:8443/",
        f"https://evil.s3.us-east-1.amazonaws.com/{BUCKET}-useast1.s3.us-east-1.amazonaws.com/",
        f"https://{BUCKET}-useast1xs3.us-east-1.amazonaws.com/",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://[",
        "no url",
        "",
    ],
)
def test_an_answer_goes_nowhere_else(url: str) -> None:
    assert not is_cloudformations(url, {"AWS_REGION": "us-east-1"})


def test_in_a_rehearsal_the_local_cloud_is_answered_and_nobody_else() -> None:
    bucket = f"https://{BUCKET}-useast1.s3.us-east-1.amazonaws.com/"

    assert is_cloudformations("http://127.0.0.1:4566/_ministack/cfn-response/1", REHEARSED)
    assert not is_cloudformations("http://127.0.0.1:4567/_ministack/cfn-response/1", REHEARSED)
    assert not is_cloudformations(bucket, REHEARSED)
