"""What a synthesis says of the one-way doors that are declared, for who deploys by hand. Pure."""

from __future__ import annotations

from stacks.settings import ServiceSettings


def one_way_said(service: ServiceSettings) -> str:
    """One line, or nothing where nobody has to know."""
    name, door, color = service.name, service.one_way, service.active_color
    if service.undo_one_way:
        return (
            f"{name}: undo_one_way {service.undo_one_way} lets this release go back through that one-way door, whose"
            " data the version that is released may not be able to read. Leave it out of the next deploy"
        )
    if not door:
        return ""
    if color and service.version(color) == door:
        return (
            f"{name}: {door} is a one-way door. Once its traffic has moved, the switch does not take it back by itself:"
            " it holds it and pages"
        )
    if door not in (service.blue_version, service.green_version):
        return f"{name}: one_way names {door}, which neither color runs: by it, no release here is a one-way door"
    return ""
