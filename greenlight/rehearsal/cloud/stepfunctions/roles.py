"""The role of a state machine: it must trust Step Functions, and may deliver the log that the machine asks for.

ministack takes any role, and delivers no log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.iam.permission import SESSION, denial
from greenlight.rehearsal.cloud.iam.principals import may_assume
from greenlight.rehearsal.cloud.iam.roles import RoleSession, role_session
from greenlight.rehearsal.cloud.requirement import require

STATE_MACHINE = "AWS::StepFunctions::StateMachine"
PRINCIPAL = "states.amazonaws.com"
DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
"""What a role needs on `*` (Step Functions guide, "Using CloudWatch Logs to log execution history")."""

_DISTRUST = (
    f"Neither the global service principal {PRINCIPAL}, nor the regional one is authorized to assume the provided role."
)
_NO_DELIVERY = "The state machine IAM Role is not authorized to access the Log Destination"

Answer = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Check the role wherever a machine comes in: the API and CloudFormation."""
    require(
        stepfunctions,
        "_create_state_machine",
        "_update_state_machine",
        "_state_machines",
        "_validate_definition_jsonata",
    )
    require(provisioners, "_RESOURCE_HANDLERS")
    stepfunctions._create_state_machine = _checked(stepfunctions._create_state_machine)
    stepfunctions._update_state_machine = _checked(stepfunctions._update_state_machine)
    handlers = provisioners._RESOURCE_HANDLERS[STATE_MACHINE]
    handlers["create"] = _checked_template(handlers["create"], position=1)
    handlers["update"] = _checked_template(handlers["update"], position=2)


def problem(role_arn: str, machine_arn: str, logging: Mapping[str, Any]) -> str:
    """Say in Step Functions' words why a role is not good enough for a machine, or return an empty string."""
    if not any(may_assume(role_arn, each, machine_arn) for each in _principals()):
        return _DISTRUST
    is_logged = str(logging.get("level", "OFF")) != "OFF"
    if is_logged and app.AUTH and any(denial(role_arn, action, "*") for action in DELIVERY):
        return _NO_DELIVERY
    return ""


def machine_session(role_arn: str, machine_arn: str) -> RoleSession:
    """What a machine's tasks sign their calls with. Raises TrustError when the role no longer trusts Step Functions."""
    trusted = next((each for each in _principals() if may_assume(role_arn, each, machine_arn)), PRINCIPAL)
    return role_session(role_arn, SESSION, trusted, machine_arn)


def _principals() -> tuple[str, str]:
    return PRINCIPAL, f"states.{get_region()}.amazonaws.com"


def _checked(write: Callable[[Mapping[str, Any]], Answer]) -> Callable[[Mapping[str, Any]], Answer]:
    """The definition is judged first, and then the role."""

    def written(data: Mapping[str, Any]) -> Answer:
        if "definition" in data and stepfunctions._validate_definition_jsonata(data["definition"]):
            return write(data)
        known = stepfunctions._state_machines.get(data.get("stateMachineArn")) or {}
        arn = known.get("stateMachineArn") or _arn(str(data.get("name")))
        logging = data.get("loggingConfiguration") or known.get("loggingConfiguration") or {}
        role = data.get("roleArn") or known.get("roleArn")
        found = problem(role, arn, logging) if role else ""
        if found:
            refusal: Answer = error_response_json("AccessDeniedException", found, 400)
            return refusal
        return write(data)

    return written


def _checked_template(provision: Callable[..., Any], position: int) -> Callable[..., Any]:
    """A handler of the resource type, which gets the properties at this position."""

    def provisioned(*arguments: Any, **more: Any) -> Any:
        properties = arguments[position]
        logging = {"level": (properties.get("LoggingConfiguration") or {}).get("Level", "OFF")}
        found = problem(properties["RoleArn"], _arn(properties.get("StateMachineName", "*")), logging)
        if found:
            raise ValueError(f'Resource handler returned message: "{found} (Service: Sfn, Status Code: 400)"')
        return provision(*arguments, **more)

    return provisioned


def _arn(name: str) -> str:
    return f"arn:aws:states:{get_region()}:{get_account_id()}:stateMachine:{name}"
