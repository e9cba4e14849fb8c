from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.cloud import Cloud
from tests.simulation.site import Site, add_site


@pytest.fixture
def cloud() -> Cloud:
    """A cloud that checks its own answers too."""
    return Cloud(strict=True)


@pytest.fixture
def site(cloud: Cloud) -> Site:
    """A service with all traffic on blue, in a cloud where writes take effect at once."""
    cloud.elbv2.propagation = (0.0, 0.0)
    made = add_site(cloud)
    made.write_rule(100, 0)
    return made


@pytest.fixture
def db(cloud: Cloud) -> Any:
    return cloud.client("test", "dynamodb")


@pytest.fixture
def elb(cloud: Cloud) -> Any:
    return cloud.client("test", "elbv2")
