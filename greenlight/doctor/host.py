"""Whether EC2 would start the host: its type, its machine image and its zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from host_age.judgment import Host

from greenlight.doctor.finding import Finding, ok, one_or, problem, warning


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
    name: str,
    found: InstanceType | None,
    zone: str,
    image: MachineImage | None,
    ami_id: str | None,
    architecture: str,
) -> tuple[Finding, ...]:
    """Judge all that RunInstances would look at. `zone` is where the host is, or will be: the VPC's first.

    `architecture` is that of the image that EC2 looks up when none is named.
    """
    findings = [*_judge_type(name, found, zone), *_judge_image(ami_id, image), *_judge_pair(found, image, architecture)]
    return one_or(findings, f"{name} is offered in {zone}")


def judge_age(host: Host | None, max_age_days: int, now: float) -> Finding:
    """Judge how long ago the host was patched, which is when it was launched."""
    if host is None:
        return warning("the host is gone", "`greenlight renew-host` starts another one")
    if host.is_due(max_age_days, now):
        return warning(
            f"{host.described(now)}, and host_max_age_days is {max_age_days}: it lacks every security update since",
            "`greenlight renew-host`",
        )
    return ok(host.described(now))


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


def _judge_pair(found: InstanceType | None, image: MachineImage | None, default: str) -> Iterator[Finding]:
    architecture = image.architecture if image else default
    if found and architecture not in found.architectures:
        which = f"the machine image {image.id}" if image else "Amazon Linux 2023, which hosts get without ami_id,"
        yield problem(
            f"{found.name} has {' and '.join(found.architectures)}, and {which} is for {architecture}",
            f"set instance_type to one with {architecture}, or ami_id to an image for {found.architectures[0]}",
        )
