"""The one folder that a container can write to, alike on the EC2 host and on Fargate.

It is a file system in memory, which everybody in the container may write to, as in any Linux: a volume of Fargate's
belongs to root, and the applications do not run as root. ECS mounts such file systems on Fargate too since January 2026
(containers-roadmap #736; AWS, "Amazon ECS now supports tmpfs mounts on AWS Fargate and ECS Managed Instances").
"""

from __future__ import annotations

from aws_cdk import aws_ecs as ecs

PATH = "/tmp"  # noqa: S108 - of a container, which has it for itself
MIB = 64
"""It counts as the container's memory, of which there are 64 MiB at least."""

OPTIONS = (
    ecs.TmpfsMountOption.RW,
    ecs.TmpfsMountOption.NOSUID,
    ecs.TmpfsMountOption.NODEV,
    ecs.TmpfsMountOption.NOEXEC,
)
"""What docker mounts with when it is told nothing, said so that ECS does the same."""


def on_fargate() -> ecs.Tmpfs:
    """The folder as a task definition has it."""
    return ecs.Tmpfs(container_path=PATH, size=MIB, mount_options=list(OPTIONS))


def on_host() -> str:
    """The folder as `docker run --tmpfs` takes it."""
    return f"{PATH}:{','.join(option.value.lower() for option in OPTIONS)},size={MIB}m"
