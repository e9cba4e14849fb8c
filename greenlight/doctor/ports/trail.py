"""Reads the account's trails."""

from __future__ import annotations

from typing import Any

from greenlight.doctor.ports.aws import Aws
from greenlight.doctor.trail import Trail

WRITES = ("All", "WriteOnly")


def trails(aws: Aws) -> list[Trail]:
    """Every trail that covers the region, those of other regions and of the organization included."""
    cloudtrail = aws.client("cloudtrail")
    return [
        Trail(
            each["Name"],
            cloudtrail.get_trail_status(Name=each["TrailARN"])["IsLogging"],
            logs_writes(cloudtrail.get_event_selectors(TrailName=each["TrailARN"])),
        )
        for each in cloudtrail.describe_trails(includeShadowTrails=True)["trailList"]
    ]


def logs_writes(selectors: Any) -> bool:
    """Whether some selector takes write events of the control plane (CloudTrail API, GetEventSelectors)."""
    basic = any(
        each.get("IncludeManagementEvents") and each.get("ReadWriteType") in WRITES
        for each in selectors.get("EventSelectors", [])
    )
    return basic or any(map(_takes_writes, selectors.get("AdvancedEventSelectors", [])))


def _takes_writes(selector: Any) -> bool:
    fields = {each["Field"]: each for each in selector["FieldSelectors"]}
    is_management = "Management" in fields.get("eventCategory", {}).get("Equals", [])
    return is_management and "true" not in fields.get("readOnly", {}).get("Equals", [])
