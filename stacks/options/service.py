"""Settings of one service: its declared state, where its source is, and how it is reached and sized."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from traffic_switch.contract import Color

from stacks.options.secret import SecretSettings, secrets_of
from stacks.options.table import CARTS, TableSettings, tables_of
from stacks.options.values import FIXED_ON_EC2, Allowed, Fixed, Integer, Null, Options, Paths, SettingsError, Version


def _below(folder: str) -> str:
    """Refuse what leads out of the repository again: a rehearsal would run the code there."""
    if ".." in folder.split("/"):
        raise ValueError("leads out of its folder")
    return folder


def _named(value: Any) -> Any:
    """Refuse `one_way: true`: it would count for every release that comes after, too."""
    if str(value).lower() in ("true", "false"):
        raise ValueError("names no version")
    return value


LONGEST_NAME = 20
ServiceName = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$", max_length=LONGEST_NAME),
    Allowed(f"up to {LONGEST_NAME} lower case letters, digits and hyphens, with a letter first and after each hyphen"),
]
ActiveColor = Annotated[Color | None, Null, Allowed("blue or green; leave it out to keep what is live")]
Door = Annotated[
    Version | None,
    Null,
    BeforeValidator(_named),
    Allowed(
        "the version that it is about, e.g. 2.0.0, so that it cannot be left on for the next one; never true or false."
        " Leave it out for none"
    ),
]
Source = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$"),
    AfterValidator(_below),
    Allowed("a folder below the repository's root, without '..', e.g. services/shop"),
]
HealthPath = Annotated[
    str, Field(pattern=r"^/[A-Za-z0-9_.~/-]{0,255}$"), Allowed("a path that starts with '/', e.g. /health")
]
ContainerUser = Annotated[
    str,
    Field(pattern=r"^[1-9][0-9]{0,8}:[1-9][0-9]{0,8}$"),
    Allowed("a user and a group by number, neither of them 0, e.g. 1000:1000"),
]
FLAGS_VARIABLE = "FLAGS_APPCONFIG"
"""What tells an application where its feature flags are."""
Tables = Annotated[
    tuple[TableSettings, ...], Allowed("a JSON object of tables by name, as in `cdk.json`; {} for a service without")
]
Secrets = Annotated[tuple[SecretSettings, ...], Allowed("a JSON object of secrets by variable, as in `cdk.json`")]


class ServiceSettings(Options):
    """One application with its pair of colors."""

    name: ServiceName = Field(
        description="Name of the service: its key under `services`, part of its image repository's name."
    )
    blue_version: Version = Field(description="Image tag that blue runs; declared state.")
    green_version: Version = Field(description="Image tag that green runs; declared state.")
    active_color: ActiveColor = Field(
        default=None,
        description="Color that production traffic shall go to. Left out: whatever is live; blue when nothing is.",
    )
    attempt: Integer = Field(
        default=1,
        ge=1,
        le=9999,
        description="Count of tries at the same release: raise it when the traffic is not where the stack says, which"
        " CloudFormation does not notice.",
    )
    one_way: Door = Field(
        default=None,
        description="The version that is a one-way door: it writes data that the version before cannot read. Once its"
        " traffic has moved, the switch takes it back by no means of its own; it holds it and pages.",
    )
    undo_one_way: Door = Field(
        default=None,
        description="The one-way door that this deploy may go back through. A person's word for one deploy: give it by"
        " `-c`, and do not write it down.",
    )
    source: Source = Field(description="Folder of the service's source and Dockerfile, relative to the repository.")
    paths: Paths = Field(
        default=("/*",),
        description="URL paths that the service answers; five at most, since a rule holds no more values"
        " (ELBv2 quota).",
    )
    blue_port: Annotated[Integer, FIXED_ON_EC2] = Field(
        default=3000, ge=1024, le=65535, description="TCP port of blue on the host (compute=ec2)."
    )
    green_port: Annotated[Integer, FIXED_ON_EC2] = Field(
        default=3001, ge=1024, le=65535, description="TCP port of green on the host (compute=ec2)."
    )
    priority: Annotated[
        Integer, Allowed("an even number from 92 to 178"), Fixed("Cannot become one that another service has deployed.")
    ] = Field(
        default=100,
        ge=92,
        le=178,
        multiple_of=2,
        description="Priority of the production rule; the lower one is matched first. The preview rules take the two"
        " places from 90 below it on, which is why services are two apart and none reaches another's preview rules.",
    )
    health_path: HealthPath = Field(
        default="/health",
        description="URL path that health checks ask; 200 is healthy. The front door is asked for it too after a"
        " shift, so that it has to be among `paths`.",
    )
    probe_path: HealthPath = Field(
        default="/", description="URL path of a real page, which the smoke test and the bake's own requests ask."
    )
    cpu_units: Integer = Field(
        default=256,
        ge=128,
        le=16384,
        description="CPU units of each color's container; 1024 are one vCPU. Fargate sells certain sizes only.",
    )
    memory_mib: Integer = Field(
        default=512,
        ge=64,
        le=122_880,
        description="MiB of memory of each color's container, which is ended when it takes more.",
    )
    user: ContainerUser = Field(
        default="1000:1000",
        description="User and group of each color's container on the host, whatever its image says; never root. A"
        " color gets another one with its next version. On Fargate the image says it (compute=ec2).",
    )
    tables: Tables = Field(
        default=CARTS,
        validate_default=True,
        description="The tables that the service keeps its data in, whichever color and version works on them. None is"
        " ever deleted: one that no service names any more is left aside with what it holds.",
    )

    secrets: Secrets = Field(
        default={},
        validate_default=True,
        description="Random values that Secrets Manager makes and that only this service's containers are told, such as"
        " what sessions are signed with.",
    )

    feature_flags: bool = Field(
        default=False,
        description="Whether the service has feature flags in AWS AppConfig, which people switch without a release. Its"
        f" containers are told where they are by `{FLAGS_VARIABLE}`, and may read them.",
    )

    @field_validator("secrets", mode="before")
    @classmethod
    def _secrets_by_variable(cls, said: Any, info: ValidationInfo) -> tuple[SecretSettings, ...]:
        return secrets_of(info.data.get("name", ""), said)

    @field_validator("tables", mode="before")
    @classmethod
    def _tables_by_name(cls, said: Any, info: ValidationInfo) -> tuple[TableSettings, ...]:
        return tables_of(info.data.get("name", ""), said)

    @model_validator(mode="after")
    def _goes_through_a_door_or_back(self) -> ServiceSettings:
        """A word for going back that was left behind would take the protection from the next door."""
        released = self.active_color and self.version(self.active_color)
        if self.undo_one_way and self.one_way and released == self.one_way:
            raise SettingsError(
                f"services.{self.name}.undo_one_way: got {self.undo_one_way} while {released}, which is released, is a"
                " one-way door by one_way; allowed: one of both. Take undo_one_way out to go through the door; to go"
                f" back to {released} all the same, take one_way out"
            )
        return self

    @model_validator(mode="after")
    def _variables_differ(self) -> ServiceSettings:
        said: dict[str, str] = {}
        asked = [(f"tables.{each.name}.variable", each.variable) for each in self.tables]
        flags = [("feature_flags", FLAGS_VARIABLE)] if self.feature_flags else []
        for key, variable in [*flags, *asked, *(("secrets", each.variable) for each in self.secrets)]:
            other = said.setdefault(variable, key)
            if other != key:
                raise SettingsError(
                    f"services.{self.name}.{key}: got {variable!r}, as {other} has; allowed: a variable of its own"
                )
        return self

    def version(self, color: Color) -> str:
        """Return the image tag declared for a color."""
        return self.blue_version if color is Color.BLUE else self.green_version

    def port(self, color: Color) -> int:
        """Return the host port of a color."""
        return self.blue_port if color is Color.BLUE else self.green_port
