"""Which instances Systems Manager reaches: those whose agent could register and hold its channel.

Sources: docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html (the role's permissions,
those of AmazonSSMManagedInstanceCore), setup-create-vpc.html (endpoints in place of the internet) and
docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html (InvalidInstanceId).
"""

from __future__ import annotations

import logging

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2

from greenlight.rehearsal.cloud.ec2 import reach
from greenlight.rehearsal.cloud.iam import roles
from greenlight.rehearsal.cloud.iam.permission import denial
from greenlight.rehearsal.cloud.iam.principals import EC2, may_assume

REGISTRATION = "ssm:UpdateInstanceInformation"
CHANNELS = (
    tuple(f"ssmmessages:{name}" for name in ("CreateControlChannel", "OpenControlChannel")),
    tuple(f"ec2messages:{name}" for name in ("GetEndpoint", "GetMessages", "AcknowledgeMessage", "SendReply")),
)
"""One of them is enough: agents get their commands through ssmmessages, older ones through ec2messages."""

ENDPOINTS = ("ssm", "ssmmessages")

log = logging.getLogger(__name__)


def is_managed(instance: str) -> bool:
    """Whether commands reach an instance; the log says what keeps them from one."""
    found = why_not(instance)
    if found:
        log.warning("instance %s is not managed by Systems Manager: %s", instance, found)
    return not found


def why_not(instance: str) -> str:
    """Say what keeps Systems Manager from an instance; empty when nothing does."""
    record = ec2._instances.get(instance)
    if not record or record["State"]["Name"] != "running":
        return "it does not run"
    role = roles.instance_role((record.get("IamInstanceProfile") or {}).get("Arn", ""))
    groups = [each["GroupId"] for each in record["SecurityGroups"]]
    public = bool(record.get("PublicIpAddress"))
    return _refusal(role, instance) or reach.obstacle(record["SubnetId"], groups, ENDPOINTS, public=public)


def _refusal(role: str, instance: str) -> str:
    if not app.AUTH:
        return ""
    if not role:
        return "it has no role, so its agent cannot register"
    if not may_assume(role, EC2):
        return f"its role does not trust {EC2}, so its agent has no credentials"
    arn = f"arn:aws:ec2:{get_region()}:{get_account_id()}:instance/{instance}"
    refused = denial(role, REGISTRATION, arn)
    anything = f"arn:aws:ssmmessages:{get_region()}:{get_account_id()}:*"
    channels = [[denial(role, action, anything) for action in actions] for actions in CHANNELS]
    if not refused and not any(all(answer is None for answer in answers) for answers in channels):
        refused = next(answer for answer in channels[0] if answer)
    return refused or ""
