"""ECS: tasks are processes, with an address of their own, and deployments end when their tasks were judged."""

from __future__ import annotations

from botocore import xform_name
from ministack.services import ecs

from greenlight.rehearsal.cloud.cloudformation.resources import services
from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.ec2.service import ADDRESSES
from greenlight.rehearsal.cloud.ecs import log_driver, secrets
from greenlight.rehearsal.cloud.ecs import targets as task_targets
from greenlight.rehearsal.cloud.ecs.admission import admitting
from greenlight.rehearsal.cloud.ecs.engine import TaskEngine
from greenlight.rehearsal.cloud.ecs.rollout import STEADY_SECONDS, Rollouts, in_progress
from greenlight.rehearsal.cloud.elbv2.check_scale import check_scale
from greenlight.rehearsal.cloud.requirement import require


def install(context: CloudContext) -> None:
    """Give ECS an engine, and its services targets that the load balancer knows of."""
    require(
        ecs, "_ACTION_MAP", "_get_docker", "_sync_service_targets", "_complete_service_deployment", "_make_deployment"
    )
    require(ecs, "_ECS_DEPLOYMENT_STEADY_DELAY", "_ImagePullError", "_PRE_STOP_STATUSES", "_task_defs")
    require(ecs, "_clusters", "_resolve_cluster_name")
    require(ecs, "_resolve_td_key", "_primary_deployment", "_deployment_for_task", "_mark_task_stopped")
    require(ecs, "_cleanup_task_resources", "_register_metadata", "_record_service_task_healthy")
    task_targets.check_requirements()
    log_driver.install()
    secrets.install()
    engine = TaskEngine(context, ADDRESSES)
    ecs._get_docker = lambda: engine
    ecs._sync_service_targets = task_targets.sync_service_targets
    ecs._make_deployment = in_progress(ecs._make_deployment)
    rollouts = Rollouts(ecs._complete_service_deployment, ecs._record_service_task_healthy, check_scale())
    ecs._complete_service_deployment = rollouts.complete
    ecs._record_service_task_healthy = rollouts.note_healthy
    ecs._ECS_DEPLOYMENT_STEADY_DELAY = STEADY_SECONDS
    require(ecs, "_ACTION_MAP", "_create_service", "_update_service")
    for action in ("CreateService", "UpdateService"):
        _admit(action)
    services.install()


def _admit(action: str) -> None:
    """Check an action under both of its names: CloudFormation calls the function, the API looks it up."""
    function = f"_{xform_name(action)}"
    checked = admitting(getattr(ecs, function))
    setattr(ecs, function, checked)
    ecs._ACTION_MAP[action] = checked
