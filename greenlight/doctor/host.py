"""Whether EC2 would start the host: its type, its machine image and its zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from greenlight.doctor.finding import Finding, one_or, problem

DEFAULT_ARCHITECTURE = "x86_64"
"""Of the machine image that a host gets when `ami_id` is left out, and of Fargate's tasks."""


@dataclass(frozen=True)
class InstanceType:
    """What EC2 says of a type; it offers it in these zones of the region."""

    name: str
    architectures: tuple[str, ...]
    zones: tuple[str, ...]


@dataclass(frozen=True)
class MachineImage:
    """The image that the settings name."""

    id: str
    architecture: str
    state: str


def judge_host(
    name: str, found: InstanceType | None, zone: str, image: MachineImage | None, ami_id: str | None
) -> tuple[Finding, ...]:
    """Judge all that RunInstances would look at. `zone` is where the host is, or will be: the VPC's first."""
    findings = [*_judge_type(name, found, zone), *_judge_image(ami_id, image), *_judge_pair(found, image)]
    return one_or(findings, f"{name} is offered in {zone}")


def _judge_type(name: str, found: InstanceType | None, zone: str) -> Iterator[Finding]:
    if found is None:
        yield problem(f"EC2 knows no instance type {name} in this region", "set instance_type to one that it offers")
    elif zone not in found.zones:
        offered = f"it is in {', '.join(sorted(found.zones))}" if found.zones else "no zone of the region has it"
        yield problem(
            f"{name} is not offered in {zone}, where the host will be; {offered}",
            f"set instance_type to one that {zone} has: `aws ec2 describe-instance-type-offerings --location-type"
            f" availability-zone --filters Name=location,Values={zone}`",
        )


def _judge_image(ami_id: str | None, image: MachineImage | None) -> Iterator[Finding]:
    if ami_id and image is None:
        yield problem(f"the machine image {ami_id} does not exist in this region", "set ami_id, or leave it out")
    elif image and image.state != "available":
        yield problem(f"the machine image {image.id} is {image.state}", "set ami_id to one that is available")


def _judge_pair(found: InstanceType | None, image: MachineImage | None) -> Iterator[Finding]:
    architecture = image.architecture if image else DEFAULT_ARCHITECTURE
    if found and architecture not in found.architectures:
        which = f"the machine image {image.id}" if image else "Amazon Linux 2023, which hosts get without ami_id,"
        yield problem(
            f"{found.name} has {' and '.join(found.architectures)}, and {which} is for {architecture}",
            f"set instance_type to one with {architecture}, or ami_id to an image for {found.architectures[0]}",
        )
