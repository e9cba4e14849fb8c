"""The shell that runs on the EC2 host: what user data and the SSM document say.

All of it stands in templates. A host that fetched a script from a parameter would run, as root, whatever was written
there last by anybody who may write parameters.

The host needs bash, coreutils and these commands, with exactly these arguments. Whatever stands in for them in a
rehearsal has to answer them; everything else on the host is left alone.

    dnf install -y docker amazon-ecr-credential-helper
    systemctl daemon-reload
    systemctl enable --now UNIT...                                                       docker, or a unit of ours
    iptables, ip6tables, ip                                                              as host/fence.sh has them
    chown UID:GID FILE
    aws sts assume-role --role-arn A --role-session-name N --output json                 for the broker
    aws ssm get-parameter --name N --query Parameter.Value --output text --region R      prints a declared image
    aws secretsmanager get-secret-value --secret-id A --query SecretString --output text --region R   prints a secret
    docker ps                                                                            0 once docker answers
    docker ps --quiet --filter label=greenlight=SPEC --filter status=running             prints ids, or nothing
    docker image inspect IMAGE                                   0 when it was pulled; IMAGE is REPOSITORY@sha256:DIGEST
    docker pull --quiet IMAGE
    docker container inspect NAME                                                        0 when it exists, in any state
    docker stop -t 30 NAME
    docker rm NAME
    docker network inspect NAME                                                          0 when it exists
    docker network create NAME
    docker run --detach --name NAME --label greenlight=SPEC --restart unless-stopped --memory MIBm --cpus CPUS
        --pids-limit 512 --read-only --tmpfs /tmp:OPTIONS --cap-drop ALL --security-opt no-new-privileges
        --user UID:GID --network NAME --publish HOSTPORT:CONTAINERPORT
        --mount type=bind,source=FILE,target=/run/greenlight/token,readonly
        --log-driver awslogs --log-opt awslogs-region=R --log-opt awslogs-group=G
        --log-opt awslogs-stream=S --log-opt mode=non-blocking --env ENVIRONMENT=COLOR --env VERSION=V --env PORT=P
        --env AWS_REGION=R --env AWS_CONTAINER_CREDENTIALS_FULL_URI=U
        --env AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/run/greenlight/token --env DRAIN_SECONDS=S
        --env VARIABLE=TABLE... --env VARIABLE... IMAGE                the value of a secret is in docker's environment
    docker image prune --all --force                                                     its failure is ignored

Files are written under ${HOME:-/root}, where mktemp says, and under ${GREENLIGHT_ROOT:-}/etc, /usr/local/lib/greenlight
and /var/lib/greenlight, and nowhere else.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_color.model import Step
from traffic_switch.contract import Color

from greenlight_cdk.temporary_files import on_host

SCRIPTS = Path(__file__).parent / "host"

COMMAND_SECONDS = 720
"""What one command may take: up to 300 s for docker after a first boot, as much for its turn, then pull and start."""

SERVICE_PATTERN = "^[a-z][a-z0-9-]{0,39}$"
END = "END_OF_SCRIPT"
TAG_PATTERN = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
DIGEST_PATTERN = "sha256:[0-9a-f]{64}"

CPU_UNITS_PER_CPU = 1024


@dataclass(frozen=True, slots=True)
class HostService:
    """One service as the host runs it: its pair of ports, what each of its containers may use, and what it is told.

    `variables` are those that the service's own settings ask for.
    """

    name: str
    ports: Mapping[Color, int]
    images: Mapping[Color, str]
    cpu_units: int
    memory_mib: int
    user: str
    variables: Mapping[str, str]


def run_script(
    *,
    region: str,
    parameters: str,
    log_group: str,
    container_port: int,
    drain_seconds: int,
    services: Sequence[HostService],
    secrets: Mapping[str, Mapping[str, str]],
    roles: Mapping[str, str],
) -> str:
    """Return the script that starts containers.

    `secrets` has the ARN of each secret by its service and its variable, `roles` the role of each color by its
    container's name.

    It must not hold two opening braces in a row, which Systems Manager takes for a reference to a parameter of the
    document. Hence no docker command in it has a format.
    """
    facts = {
        "region": region,
        "parameters": parameters,
        "log_group": log_group,
        "container_port": str(container_port),
        "drain_seconds": str(drain_seconds),
        "tmpfs": on_host(),
        "services": "\n".join(map(_line, services)),
        "variables": "\n".join(line for service in services for line in _variables(service)),
        "secrets": "\n".join(
            f"{service} {variable} {arn}" for service, own in secrets.items() for variable, arn in own.items()
        ),
        "roles": "\n".join(f"{name} {arn}" for name, arn in roles.items()),
    }
    return shell("run-color.sh", facts)


def image_pattern(*, account: str, region: str, repositories: str) -> str:
    """Return the pattern of an image of this account's registry, in the repositories that begin so.

    Its version comes first, then the digest, by which it is pulled and run. Without one it is a color that an earlier
    Greenlight started by its tag. With color and service this is all that a command can say to the host.
    """
    registry = rf"{account}\.dkr\.ecr\.{region}\.amazonaws\.com(\.cn)?"
    return f"^{registry}/{repositories}[a-z0-9-]+:{TAG_PATTERN}(@{DIGEST_PATTERN})?$"


def run_document(*, script: str, images: str) -> dict[str, Any]:
    """Return the SSM document that has `script` make one color run one image that matches the pattern `images`.

    A host gets the newest script with each command, without being replaced.
    """
    return {
        "schemaVersion": "2.2",
        "description": "Greenlight: make one color of one service run one image",
        "parameters": {
            "service": {"type": "String", "allowedPattern": SERVICE_PATTERN},
            "color": {"type": "String", "allowedValues": [color.value for color in Color]},
            "image": {"type": "String", "allowedPattern": images},
            "step": {"type": "String", "allowedValues": [step.value for step in Step], "default": Step.RUN.value},
        },
        "mainSteps": [
            {
                "action": "aws:runShellScript",
                "name": "runColor",
                "inputs": {
                    "timeoutSeconds": str(COMMAND_SECONDS),
                    "runCommand": [
                        "set -eu",
                        'script="$(mktemp)"',
                        "trap 'rm -f \"$script\"' EXIT",
                        f"cat >\"$script\" <<'{END}'",
                        *script.splitlines(),
                        END,
                        "bash \"$script\" '{{ service }}' '{{ color }}' '{{ image }}' '{{ step }}'",
                    ],
                },
            }
        ],
    }


def _line(service: HostService) -> str:
    cpus = service.cpu_units / CPU_UNITS_PER_CPU
    ports = f"{service.ports[Color.BLUE]} {service.ports[Color.GREEN]}"
    return f"{service.name} {ports} {cpus:g} {service.memory_mib} {service.user}"


def _variables(service: HostService) -> Iterator[str]:
    for name, value in service.variables.items():
        yield f"{service.name} {name}={value}"


def shell(name: str, facts: Mapping[str, str]) -> str:
    """Return a script of the folder with the facts before it as assignments, without what only its readers need."""
    assignments = [f"{fact}={shlex.quote(value)}" for fact, value in facts.items()]
    lines = [line for line in (SCRIPTS / name).read_text().splitlines() if line and not line.lstrip().startswith("#")]
    return "\n".join(["#!/bin/bash", *assignments, *lines, ""])
