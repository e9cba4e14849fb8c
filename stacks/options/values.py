"""What a single setting may look like, whether it comes from cdk.json or, as a string, from `-c key=value`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from traffic_switch.contract import NO_VERSIONS

LOG_RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""The only retention times that CloudWatch Logs knows (API reference, PutRetentionPolicy)."""


class SettingsError(Exception):
    """A setting is unknown, malformed or impossible. The message is one line: key, value got, values allowed."""


class Options(BaseModel):
    """The base of all settings: immutable, and closed to keys that nobody described."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The words in which a refusal says what would have been accepted."""

    text: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """What a deployed system cannot change of a setting; `settings_guard.rules` refuses it, and the table says so."""

    text: str


FIXED = Fixed("Fixed once deployed.")
FIXED_ON_EC2 = Fixed("Fixed once deployed with compute=ec2.")
FIXED_ON_FARGATE = Fixed("Fixed once deployed with compute=fargate.")


def _null(value: Any) -> Any:
    """Take `-c key=null` for JSON's null. An empty value is refused: a shell variable was unset."""
    return None if value == "null" else value


def _not_a_switch(value: Any) -> Any:
    """Refuse JSON's true and false where a number is due; Python would count them as 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("a number is needed")
    return value


def listed(value: Any) -> Any:
    """Split `a,b` from the command line; JSON lists pass, from cdk.json or as text."""
    if not isinstance(value, str):
        return value
    return json.loads(value) if value.startswith("[") else [part.strip() for part in value.split(",")]


def once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse the same thing twice."""
    if len(set(values)) < len(values):
        raise ValueError("each once")
    return values


def _mapped(value: Any) -> Any:
    """Split `a=1,b=2` from the command line; JSON objects pass, from cdk.json or as text."""
    if not isinstance(value, str):
        return value
    if value.startswith("{"):
        return json.loads(value)
    return {key.strip(): text.strip() for key, _, text in (part.partition("=") for part in value.split(","))}


def _network(value: str, widest: int, narrowest: int) -> str:
    network = IPv4Network(value)
    if not widest <= network.prefixlen <= narrowest:
        raise ValueError("prefix out of range")
    return str(network)


def _retention(days: int) -> int:
    if days not in LOG_RETENTION_DAYS:
        raise ValueError("not a retention time of CloudWatch Logs")
    return days


def _metric_period(seconds: int) -> int:
    if seconds not in (1, 5, 10, 20, 30) and seconds % 60:
        raise ValueError("not a period of CloudWatch")
    return seconds


def _no_reserved_tag(tags: dict[str, str]) -> dict[str, str]:
    if any(name.lower().startswith("aws:") for name in tags):
        raise ValueError("aws: is reserved")
    return tags


def _no_taken_tag(version: str) -> str:
    """A mark of what runs moves, a part goes after a day, and the others name a commit and what is beside an image."""
    if version.startswith(NO_VERSIONS):
        raise ValueError("such a tag names no version")
    return version


Null = BeforeValidator(_null)
Integer = Annotated[int, BeforeValidator(_not_a_switch)]
Number = Annotated[float, BeforeValidator(_not_a_switch)]
Version = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$"),
    AfterValidator(_no_taken_tag),
    Allowed(
        "an image tag: 1 to 128 letters, digits, '_', '.' or '-', not starting with '.' or '-', nor with"
        f" {', '.join(map(repr, NO_VERSIONS))}, which name no version"
    ),
]
SigningProfile = Annotated[
    Annotated[str, Field(pattern=r"^[0-9a-zA-Z_]{2,64}$")] | None,
    Null,
    Allowed(
        "the name of a profile of AWS Signer: 2 to 64 letters, digits or '_', e.g. greenlight_images; left out, none"
    ),
]
VpcCidr = Annotated[
    str,
    AfterValidator(lambda value: _network(value, widest=16, narrowest=22)),
    Allowed("an IPv4 network from /16 to /22, e.g. 10.20.0.0/16"),
]
SshCidr = Annotated[
    str | None,
    AfterValidator(lambda value: None if value is None else _network(value, widest=8, narrowest=32)),
    Null,
    Allowed("an IPv4 network from /8 to /32, e.g. 203.0.113.7/32, never 0.0.0.0/0; left out, no SSH"),
]
PreviewCidrs = Annotated[
    tuple[Annotated[str, AfterValidator(lambda value: _network(value, widest=8, narrowest=32))], ...] | None,
    Field(min_length=1, max_length=20),
    BeforeValidator(listed),
    Null,
    Allowed("1 to 20 IPv4 networks from /8 to /32, e.g. 203.0.113.0/24, never 0.0.0.0/0; left out, no such port"),
]
RetentionDays = Annotated[
    Integer, AfterValidator(_retention), Allowed(f"one of {', '.join(map(str, LOG_RETENTION_DAYS))}")
]
MetricPeriod = Annotated[
    Integer,
    Field(ge=1, le=3600),
    AfterValidator(_metric_period),
    Allowed("1, 5, 10, 20, 30 or a multiple of 60, up to 3600"),
]
Names = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=255)], ...],
    BeforeValidator(listed),
    Allowed("names, as a JSON list or separated by commas"),
]
Path = Annotated[str, Field(pattern=r"^/[A-Za-z0-9_.$/~\"'@:+&*?-]{0,127}$")]
Paths = Annotated[
    tuple[Path, ...],
    Field(min_length=1, max_length=5),
    BeforeValidator(listed),
    Allowed("one to five paths that start with '/', e.g. /*, as a JSON list or separated by commas"),
]
TagText = Annotated[str, Field(pattern=r"^[\w .:/=+@-]{1,128}$")]
Tags = Annotated[
    dict[TagText, TagText],
    AfterValidator(_no_reserved_tag),
    BeforeValidator(_mapped),
    Allowed("names (not starting with aws:) and values, as a JSON object or as name=value separated by commas"),
]
