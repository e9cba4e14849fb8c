"""Where a container on a host finds credentials: at the address that it was told, else at the instance's metadata.

A container is one hop further from the metadata service than its host, so that an answer to it is dropped unless two
hops are allowed (EC2 user guide, "Use the Instance Metadata Service", hop limit).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlsplit

from greenlight.rehearsal.cloud.iam import roles
from greenlight.rehearsal.cloud.iam.principals import EC2
from greenlight.rehearsal.cloud.iam.vending import ADDRESS_VARIABLE, Vending
from greenlight.rehearsal.host.docker_arguments import RunRequest
from greenlight.rehearsal.runner.ports import LOOPBACK

DEFAULT_HOPS = 2
"""What an instance of Amazon Linux 2023 gets that says nothing (EC2 user guide, "Instance metadata options")."""
TOKEN_VARIABLE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
_NOBODY = f"{LOOPBACK}:1"


def told(request: RunRequest, real_address: Callable[[str], str]) -> Mapping[str, str]:
    """The address and the token's file that a container was told, as they are on this machine; nothing when it was not.

    An address that nobody listens at stays closed: this machine may have a real one of that number.
    """
    if ADDRESS_VARIABLE not in request.environment:
        return {}
    parts = urlsplit(request.environment[ADDRESS_VARIABLE])
    real = real_address(f"{parts.hostname}:{parts.port or 80}") or _NOBODY
    files = {mount.target: mount.source for mount in request.mounts}
    token = request.environment.get(TOKEN_VARIABLE, "")
    return {ADDRESS_VARIABLE: f"http://{real}{parts.path}", TOKEN_VARIABLE: files.get(token, token)}


def of_instance(vending: Vending, role: str, instance: str, hops: int) -> Mapping[str, str]:
    """Lead a container to the credentials of its host, when the metadata service answers it."""
    return vending.variables(partial(roles.role_session, role, instance, EC2)) if hops > 1 else {}
