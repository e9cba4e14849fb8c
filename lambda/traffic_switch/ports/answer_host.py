"""Whose a ResponseURL is: answers go to CloudFormation alone, whoever made the event that names another place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

BUCKET = "cloudformation-custom-resource-response-"
"""What the name of CloudFormation's bucket begins with. The region without its dashes follows (CloudFormation user
guide, setting up VPC endpoints). Anybody may own a bucket of another region's name, so only this region's is meant.
"""

DOMAINS = ("amazonaws.com", "amazonaws.com.cn", "amazonaws.eu")
"""Of AWS's partitions: the commercial one and GovCloud, China, and the European Sovereign Cloud."""

REGION_VARIABLE = "AWS_REGION"
REHEARSED_VARIABLE = "AWS_ENDPOINT_URL"
"""Where a rehearsal's local cloud is. It answers as CloudFormation does; on AWS nothing sets this."""


def is_cloudformations(url: str, environment: Mapping[str, str]) -> bool:
    """Whether the URL leads to CloudFormation's own bucket, over TLS, or to the local cloud of a rehearsal."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if rehearsed := environment.get(REHEARSED_VARIABLE):
        return parts[:2] == urlsplit(rehearsed)[:2]
    own = _hosts(environment[REGION_VARIABLE])
    return parts.scheme == "https" and bool(own.fullmatch(parts.netloc))


def _hosts(region: str) -> re.Pattern[str]:
    """`<bucket>.s3.<region>.<domain>`, and the older `<bucket>.s3-<region>.<domain>` and `<bucket>.s3.<domain>`."""
    domains = "|".join(map(re.escape, DOMAINS))
    return re.compile(rf"{BUCKET}{region.replace('-', '')}\.s3([.-]{re.escape(region)})?\.({domains})(:443)?")
