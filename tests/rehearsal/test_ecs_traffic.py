"""A deployment of an ECS service behind the load balancer, with requests going on all the while."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from greenlight.rehearsal.cloud.elbv2.check_scale import CHECK_SCALE_VARIABLE
from tests.rehearsal.compute_cloud import COMPUTE, ComputeCloud, compute_cloud, eventually
from tests.rehearsal.test_ecs import stack

pytestmark = pytest.mark.rehearsal


class Requests:
    """Asks the front door again and again, and counts the answers by status and version."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._stopped = threading.Event()
        self.answers: Counter[tuple[int, str]] = Counter()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Requests:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(0.01):
            self.answers[self.ask()] += 1

    def ask(self) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self._address, timeout=5)
        try:
            connection.request("GET", "/")
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers["X-Version"] or ""
        except OSError:
            return 0, ""
        finally:
            connection.close()


def balanced(version: str) -> dict[str, Any]:
    """The service of test_ecs behind a listener, with checks every second."""
    resources = stack(version)
    resources["Group"]["Properties"] |= {
        "HealthCheckIntervalSeconds": 5,
        "HealthCheckTimeoutSeconds": 2,
        "HealthyThresholdCount": 2,
        "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "2"}],
    }
    return resources


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComputeCloud]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CHECK_SCALE_VARIABLE, "0.1")
        with compute_cloud(tmp_path_factory.mktemp("cloud"), adapters=f"{COMPUTE},elbv2") as cloud:
            cloud.push("v1", "v2", "unwell")
            yield cloud


def test_a_deployment_under_traffic_fails_no_request(cloud: ComputeCloud) -> None:
    made = cloud.deploy("Shop", balanced("v1"), Dns={"Fn::GetAtt": ["Balancer", "DNSName"]})
    address = urlsplit(f"http://{made['Dns']}").netloc
    eventually(lambda: Requests(address).ask() == (200, "v1"))
    with Requests(address) as requests:
        time.sleep(0.5)
        cloud.deploy("Shop", balanced("v2"))
        left = [each["version"] for each in cloud.control("containers") if each["state"] == "running"]
        time.sleep(0.5)

    assert left == ["v2"], "the deployment ended before the old task had drained and stopped"
    assert set(requests.answers) == {(200, "v1"), (200, "v2")}


def test_a_version_that_fails_its_health_checks_is_taken_back_and_gets_no_request(cloud: ComputeCloud) -> None:
    """AWS: AmazonECS/latest/developerguide/deployment-circuit-breaker.html: three failures, then the old version."""
    made = cloud.deploy("Shop", balanced("v1"), Dns={"Fn::GetAtt": ["Balancer", "DNSName"]})
    address = urlsplit(f"http://{made['Dns']}").netloc
    eventually(lambda: Requests(address).ask() == (200, "v1"))
    with (
        Requests(address) as requests,
        pytest.raises(AssertionError, match=r"Circuit Breaker.*failed ELB health checks"),
    ):
        cloud.deploy("Shop", balanced("unwell"))

    assert set(requests.answers) == {(200, "v1")}
