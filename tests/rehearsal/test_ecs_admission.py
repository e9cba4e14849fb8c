"""Services that ECS does not create.

AWS: docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html and API_LoadBalancer.html; the texts as
reported in public: hashicorp/terraform#32908 (no load balancer), pulumi/pulumi-aws#3095 (container and port).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from ministack.services import alb, ecs

from greenlight.rehearsal.cloud.ecs.admission import admitting

USED, UNUSED = "arn:used", "arn:unused"
FITTING = {"targetGroupArn": USED, "containerName": "app", "containerPort": 3000}


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> None:
    definition = {"containerDefinitions": [{"name": "app", "portMappings": [{"containerPort": 3000}]}]}
    monkeypatch.setattr(alb, "_tgs", {USED: {"LoadBalancerArns": ["lb"]}, UNUSED: {"LoadBalancerArns": []}})
    monkeypatch.setattr(ecs, "_task_defs", {"shop:1": definition, "old:1": {**definition, "status": "INACTIVE"}})
    monkeypatch.setattr(ecs, "_clusters", {"default": {}})
    monkeypatch.setattr(ecs, "_resolve_td_key", lambda name: name)


def create(**changes: Any) -> Any:
    request = {"taskDefinition": "shop:1", "loadBalancers": [{**FITTING, **changes}]}
    return admitting(lambda _: "created")(request)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"targetGroupArn": UNUSED}, f"The target group with targetGroupArn {UNUSED} does not have an associated load"),
        ({"targetGroupArn": "arn:gone"}, "The specified target group does not exist: arn:gone"),
        ({"containerName": "web"}, "The container web does not exist in the task definition."),
        ({"containerPort": 3001}, "The container app did not have a container port 3001 defined."),
    ],
)
def test_a_load_balancer_that_does_not_fit_is_refused(changes: dict[str, Any], said: str) -> None:
    status, _, body = create(**changes)
    answer = json.loads(body)

    assert (status, answer["__type"]) == (400, "InvalidParameterException")
    assert answer["message"].startswith(said)


@pytest.mark.parametrize(
    ("request_", "code", "said"),
    [
        ({"cluster": "gone"}, "ClusterNotFoundException", "Cluster not found."),
        ({"taskDefinition": "gone:1"}, "ClientException", "TaskDefinition not found."),
        ({"taskDefinition": "old:1"}, "ClientException", "TaskDefinition is inactive"),
    ],
)
def test_a_service_of_what_is_not_there_is_refused(request_: dict[str, str], code: str, said: str) -> None:
    _, _, body = admitting(lambda _: "created")(request_)
    answer = json.loads(body)

    assert (answer["__type"], answer["message"]) == (code, said)


def test_one_that_fits_is_taken() -> None:
    assert create() == "created"


def test_a_service_without_a_load_balancer_is_taken() -> None:
    assert admitting(lambda _: "created")({"taskDefinition": "shop:1"}) == "created"
