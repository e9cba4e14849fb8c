"""The names of environment variables that a service may ask for, besides those that every container gets."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from stacks.options.values import Allowed

GIVEN = ("DRAIN_SECONDS", "ENVIRONMENT", "PORT", "VERSION")
"""What every container is told by these names (greenlight_cdk.color_task, host/run-color.sh)."""
NOT_OURS = ("EUID", "HOME", "HOSTNAME", "IFS", "PATH", "PPID", "PWD", "SHELLOPTS", "UID")
"""What an image, its engine, or the shell of the host sets."""
PREFIXES = ("AWS_", "BASH", "DOCKER_", "ECS_", "GREENLIGHT_", "LD_")


def _free(name: str) -> str:
    if name in (*GIVEN, *NOT_OURS) or name.startswith(PREFIXES):
        raise ValueError("taken")
    return name


VariableName = Annotated[
    str,
    Field(pattern=r"^[A-Z][A-Z0-9_]{0,62}$"),
    AfterValidator(_free),
    Allowed(
        "up to 63 capital letters, digits and '_', with a letter first, e.g. CART_TABLE; not"
        f" {', '.join((*GIVEN, *NOT_OURS))}, nor one that begins with {', '.join(PREFIXES)}"
    ),
]
