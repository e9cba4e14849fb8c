"""ECS: tasks are processes, with an address of their own, and deployments end when their tasks were judged."""

from __future__ import annotations

from ministack.services import ecs

from greenlight.rehearsal.cloud.cloudformation.resources import services
from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.ec2.service import ADDRESSES
from greenlight.rehearsal.cloud.ecs import targets as task_targets
from greenlight.rehearsal.cloud.ecs.engine import TaskEngine
from greenlight.rehearsal.cloud.ecs.rollout import Rollouts, in_progress
from greenlight.rehearsal.cloud.iam import roles
from greenlight.rehearsal.cloud.requirement import require

STEADY_SECONDS = 0.5
"""How long a task must run before it counts: long enough for a service that refuses its configuration to exit."""


def install(context: CloudContext) -> None:
    """Give ECS an engine, and its services targets that the load balancer knows of."""
    require(ecs, "_get_docker", "_sync_service_targets", "_complete_service_deployment", "_make_deployment")
    require(ecs, "_ECS_DEPLOYMENT_STEADY_DELAY", "_ImagePullError", "_PRE_STOP_STATUSES", "_task_defs")
    require(ecs, "_resolve_td_key", "_primary_deployment", "_deployment_for_task", "_mark_task_stopped")
    require(ecs, "_cleanup_task_resources", "_register_metadata")
    roles.check_requirements()
    task_targets.check_requirements()
    engine = TaskEngine(context, ADDRESSES)
    ecs._get_docker = lambda: engine
    ecs._sync_service_targets = task_targets.sync_service_targets
    ecs._make_deployment = in_progress(ecs._make_deployment)
    ecs._complete_service_deployment = Rollouts(ecs._complete_service_deployment).complete
    ecs._ECS_DEPLOYMENT_STEADY_DELAY = STEADY_SECONDS
    services.install()
