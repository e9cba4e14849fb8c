"""Instance types that exist, for the processor that they have, in the zones that offer them.

ministack calls every name a type, of x86-64. Here are the families that people put a small web server on; a name of
another family is refused, which AWS might know.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ministack.services import ec2

from greenlight.rehearsal.cloud.requirement import require, require_missing

BURSTABLE = ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge")
GENERAL = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
GRAVITON = ("medium", *GENERAL)
FAMILIES: Mapping[str, tuple[str, Collection[str]]] = {
    **dict.fromkeys(("t2", "t3", "t3a"), ("x86_64", BURSTABLE)),
    "t4g": ("arm64", BURSTABLE),
    **dict.fromkeys(
        ("m6a", "m6i", "m7a", "m7i", "c6a", "c6i", "c7a", "c7i", "r6i", "r7i", "m8i", "c8i"), ("x86_64", GENERAL)
    ),
    **dict.fromkeys(("m5", "c5", "r5"), ("x86_64", GENERAL)),
    **dict.fromkeys(("m6g", "m7g", "m8g", "c6g", "c7g", "c8g", "r6g", "r7g"), ("arm64", GRAVITON)),
}
"""The processor and the sizes of each family (EC2 instance types guide)."""
ZONES_WITHOUT: Mapping[str, Collection[str]] = {"us-east-1a": ("m8i", "c8i")}
"""Families that a zone of this account does not have. On AWS too a new family begins in some zones of a region, and an
old zone gets none any more: one of us-east-1 has no t3.medium. Which zone that is differs from account to account.
"""

_EXISTING = "The following supplied instance types do not exist: [{}]"
_ARCHITECTURE = "<supportedArchitectures><item>x86_64</item></supportedArchitectures>"

Parameters = Mapping[str, Any]


def install() -> None:
    """Let only types that exist be described, and say where they are offered."""
    require(ec2, "_describe_instance_types", "_ACTION_MAP", "_parse_member_list", "_parse_filters", "_error", "_xml")
    require(ec2, "_p", "get_region")
    require_missing(ec2._ACTION_MAP, "DescribeInstanceTypeOfferings")
    describe = ec2._ACTION_MAP["DescribeInstanceTypes"]

    def describe_instance_types(parameters: Parameters) -> Any:
        asked = ec2._parse_member_list(parameters, "InstanceType")
        if unknown := [name for name in asked if architecture(name) is None]:
            return ec2._error("InvalidInstanceType", _EXISTING.format(", ".join(unknown)), 400)
        status, headers, body = describe(parameters)
        return status, headers, _with_architectures(asked, body)

    ec2._ACTION_MAP["DescribeInstanceTypes"] = describe_instance_types
    ec2._ACTION_MAP["DescribeInstanceTypeOfferings"] = _describe_offerings


def architecture(name: str) -> str | None:
    """The processor of a type; None when there is no such type."""
    family, _, size = name.partition(".")
    processor, sizes = FAMILIES.get(family, ("", ()))
    return processor if size in sizes else None


def offered(name: str, zone: str) -> bool:
    """Whether a zone has a type."""
    return architecture(name) is not None and name.partition(".")[0] not in ZONES_WITHOUT.get(zone, ())


def _with_architectures(asked: Collection[str], body: bytes) -> bytes:
    """Correct the processor of each type; ministack describes the types in the order in which they were asked for."""
    first, *parts = body.decode().split(_ARCHITECTURE)
    processors = [architecture(name) or "x86_64" for name in asked] or ["x86_64"] * len(parts)
    corrected = (_ARCHITECTURE.replace("x86_64", each) + part for each, part in zip(processors, parts, strict=True))
    return "".join([first, *corrected]).encode()


def _describe_offerings(parameters: Parameters) -> Any:
    """Offer by zone, as LocationType asks; by region where it does not."""
    filters = ec2._parse_filters(parameters)
    by_zone = ec2._p(parameters, "LocationType") == "availability-zone"
    region = ec2.get_region()
    zones = [f"{region}{letter}" for letter in "abc"]
    wanted = filters.get("instance-type") or [f"{family}.{size}" for family in FAMILIES for size in FAMILIES[family][1]]
    pairs = [(name, zone) for name in wanted for zone in zones if offered(name, zone)]
    found = pairs if by_zone else sorted({(name, region) for name, _ in pairs})
    places = filters.get("location")
    items = "".join(_offering(name, place, by_zone) for name, place in found if not places or place in places)
    return ec2._xml(
        200, "DescribeInstanceTypeOfferingsResponse", f"<instanceTypeOfferingSet>{items}</instanceTypeOfferingSet>"
    )


def _offering(name: str, place: str, by_zone: bool) -> str:
    kind = "availability-zone" if by_zone else "region"
    return (
        f"<item><instanceType>{name}</instanceType><locationType>{kind}</locationType>"
        f"<location>{place}</location></item>"
    )
