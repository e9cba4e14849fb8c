"""Deployments as the CDK makes them: the compute first, then the release, and what stops them on the way."""

from __future__ import annotations

from typing import Any

from tests.simulation.cloudformation.deployments import COMPUTE, RELEASE, Declared, deploy, fargate, host, release
from tests.simulation.cloudformation.lab import Lab

FIRST = Declared("shop", "v1", "v1", "blue")
SECOND = Declared("shop", "v1", "v2", "green", attempt=2)
PLACES = {
    ("shop", color): {
        "Image": "registry/shop:{version}",
        "Document": "run",
        "InstanceId": "i-1",
        "Port": port,
        "TargetGroupArn": color,
    }
    for color, port in (("blue", 3000), ("green", 3001))
}


class Runs:
    """What each color runs."""

    def __init__(self) -> None:
        self.now: dict[str, str] = {}

    def put(self, _service: str, color: str, version: str) -> None:
        self.now[color] = version


def deployed(lab: Lab, one: Declared, compute: Any) -> str:
    process = lab.kernel.spawn("cdk", lambda: deploy(lab.stacks, (COMPUTE, compute), (RELEASE, release(one))))
    lab.kernel.run()
    return str(process.result)


def test_the_compute_is_deployed_before_the_release() -> None:
    lab, runs = Lab(), Runs()
    assert deployed(lab, FIRST, fargate(FIRST, put=runs.put)) == ""
    assert deployed(lab, SECOND, fargate(SECOND, put=runs.put)) == ""

    assert runs.now == {"blue": "v1", "green": "v2"}
    asked = [(event["RequestType"], event["ResourceType"].removeprefix("Custom::")) for _, event in lab.received]
    assert asked == [
        ("Create", "GreenlightVersionGuard"),
        ("Create", "GreenlightRelease"),
        ("Update", "GreenlightVersionGuard"),
        ("Update", "GreenlightRelease"),
    ]


def test_a_release_asks_for_a_color_with_its_version_alone() -> None:
    lab = Lab()
    deployed(lab, SECOND, fargate(SECOND, put=Runs().put))

    assert (
        lab.received[-1][1]["ResourceProperties"].items()
        >= {
            "Service": "shop",
            "Color": "green",
            "Version": "v2",
            "Attempt": "2",
        }.items()
    )
    assert "BlueVersion" not in lab.received[-1][1]["ResourceProperties"]


def test_a_release_that_keeps_names_both_versions() -> None:
    properties = release(Declared("shop", "v1", "v2"))["ShopRequest"].properties

    assert properties == {"Service": "shop", "Attempt": 1, "Color": "keep", "BlueVersion": "v1", "GreenVersion": "v2"}


def test_a_guard_that_refuses_keeps_the_compute_and_the_release_as_they_were() -> None:
    lab, runs = Lab(), Runs()
    deployed(lab, FIRST, fargate(FIRST, put=runs.put))
    lab.script = lambda event: (1.0, {"Status": "FAILED", "Reason": "green is live"} if _is_forward(lab, event) else {})

    stopped = deployed(lab, SECOND, fargate(SECOND, put=runs.put))

    assert stopped.startswith(f"{COMPUTE}: UPDATE_ROLLBACK_COMPLETE: ")
    assert "green is live" in stopped
    assert runs.now == {"blue": "v1", "green": "v1"}
    assert lab.stacks.all[RELEASE].status == "CREATE_COMPLETE"


def _is_forward(lab: Lab, event: Any) -> bool:
    return "ROLLBACK" not in str(lab.stacks.describe(event["StackId"])["StackStatus"])


def test_on_the_host_green_is_changed_after_blue_and_both_after_the_guard() -> None:
    lab = Lab()
    deployed(lab, FIRST, host(FIRST, places=PLACES))

    compute = [(time, event) for time, event in lab.received if event["StackId"] == lab.stacks.all[COMPUTE].id]
    assert [(time, event["LogicalResourceId"]) for time, event in compute] == [
        (0.0, "ShopGuard"),
        (10.0, "ShopBlue"),
        (20.0, "ShopGreen"),
    ]
    assert (
        compute[2][1]["ResourceProperties"].items()
        >= {
            "Service": "shop",
            "Color": "green",
            "Image": "registry/shop:v1",
            "Port": "3001",
            "InstanceId": "i-1",
        }.items()
    )


def test_a_new_version_of_one_color_asks_nothing_of_the_other() -> None:
    lab = Lab()
    deployed(lab, FIRST, host(FIRST, places=PLACES))
    before = len(lab.received)
    deployed(lab, SECOND, host(SECOND, places=PLACES))

    assert [event["LogicalResourceId"] for _, event in lab.received[before:]] == [
        "ShopGuard",
        "ShopGreen",
        "ShopRequest",
    ]


def test_a_deployment_into_a_stack_that_is_busy_is_refused() -> None:
    lab = Lab(lambda _: (500.0, {}))
    lab.stacks.deploy(RELEASE, release(FIRST))
    lab.kernel.run(until=5.0)
    second = lab.kernel.spawn("second cdk", lambda: deploy(lab.stacks, (RELEASE, release(SECOND))))
    lab.kernel.run(until=6.0)

    assert "is in CREATE_IN_PROGRESS state and can not be updated" in second.result


def test_a_creation_that_was_rolled_back_is_deleted_and_made_anew() -> None:
    lab = Lab(lambda event: (1.0, {"Status": "FAILED"} if event["RequestType"] == "Create" else {}))
    first = lab.kernel.spawn("cdk", lambda: deploy(lab.stacks, (RELEASE, release(FIRST))))
    lab.kernel.run()
    assert "ROLLBACK_COMPLETE" in first.result

    lab.script = lambda _: (1.0, {})
    second = lab.kernel.spawn("cdk", lambda: deploy(lab.stacks, (RELEASE, release(FIRST))))
    lab.kernel.run()

    assert second.result == ""
    assert lab.stacks.all[RELEASE].status == "CREATE_COMPLETE"
