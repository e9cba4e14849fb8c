"""What ECS refuses of a service before it starts any task: what is not there, target groups and ports that do not fit.

Source: docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html and API_LoadBalancer.html; the texts as
they were reported in public, among others by hashicorp/terraform#32908. A target group gets its load balancer by a
listener or a rule that forwards to it: without one ECS creates no service, whatever else is right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import alb, ecs

Request = Mapping[str, Any]
Action = Callable[[Request], Any]


def admitting(act: Action) -> Action:
    """Check what CreateService and UpdateService name: the cluster, the definition, the load balancers."""

    def admitted(request: Request) -> Any:
        if missing := _missing(request):
            return error_response_json(*missing, 400)
        refusals = (_refusal(request, each) for each in request.get("loadBalancers") or ())
        refusal = next((found for found in refusals if found), "")
        return error_response_json("InvalidParameterException", refusal, 400) if refusal else act(request)

    return admitted


def _missing(request: Request) -> tuple[str, str] | None:
    """The code and the message for a cluster or a task definition that is not there; ministack makes up either."""
    if ecs._resolve_cluster_name(request.get("cluster") or "default") not in ecs._clusters:
        return "ClusterNotFoundException", "Cluster not found."
    name = request.get("taskDefinition")
    if not name:
        return None
    definition = ecs._task_defs.get(ecs._resolve_td_key(name))
    if definition is None:
        return "ClientException", "TaskDefinition not found."
    if definition.get("status") == "INACTIVE":
        return "ClientException", "TaskDefinition is inactive"
    return None


def _refusal(request: Request, wanted: Mapping[str, Any]) -> str:
    """Say why ECS does not take one of a service's load balancers; empty when it does."""
    group = wanted.get("targetGroupArn", "")
    if group not in alb._tgs:
        return f"The specified target group does not exist: {group}"
    if not alb._tgs[group]["LoadBalancerArns"]:
        return f"The target group with targetGroupArn {group} does not have an associated load balancer."
    name = request.get("taskDefinition")
    definition = ecs._task_defs.get(ecs._resolve_td_key(name)) if name else None
    return _port_refusal(definition, wanted) if definition else ""


def _port_refusal(definition: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    name, port = wanted.get("containerName"), int(wanted.get("containerPort") or 0)
    container = next((each for each in definition["containerDefinitions"] if each["name"] == name), None)
    if container is None:
        return f"The container {name} does not exist in the task definition."
    if port not in [int(each["containerPort"]) for each in container.get("portMappings") or ()]:
        return f"The container {name} did not have a container port {port} defined."
    return ""
