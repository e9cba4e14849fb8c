"""The settings of the whole app: read once from the CDK context, validated, and never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import Any

from pydantic import Field, model_validator
from traffic_switch.contract import Color

from stacks.function_environment import MOST_BYTES, longest
from stacks.options.access import AccessOptions
from stacks.options.compute import ComputeOptions
from stacks.options.context import sort_context
from stacks.options.data import DataOptions
from stacks.options.document import refuse_text
from stacks.options.github import GithubOptions
from stacks.options.governance import GovernanceOptions
from stacks.options.neighbors import refuse_collisions, refuse_own_registry
from stacks.options.pipeline import PipelineOptions
from stacks.options.refusal import validated
from stacks.options.release import ReleaseOptions
from stacks.options.secret import secret_id
from stacks.options.security import SecurityOptions
from stacks.options.service import ServiceSettings
from stacks.options.stage import StageOptions
from stacks.options.stages import STAGE, chosen_stage, declared_stages, of_production, of_stage, telling_the_stage
from stacks.options.table import TableSettings
from stacks.options.values import SettingsError

__all__ = ["ServiceSettings", "Settings", "SettingsError"]

FARGATE_MEMORY_MIB = {
    256: (512, 1024, 2048),
    512: range(1024, 4097, 1024),
    1024: range(2048, 8193, 1024),
    2048: range(4096, 16385, 1024),
    4096: range(8192, 30721, 1024),
    8192: range(16384, 61441, 4096),
    16384: range(32768, 122881, 8192),
}
"""Memory that Fargate sells with each number of CPU units (ECS developer guide, task size)."""


LONGEST_APPLICATION = 64
"""Characters of an application's name (AppConfig API reference, CreateApplication)."""


class Settings(
    StageOptions,
    SecurityOptions,
    ComputeOptions,
    ReleaseOptions,
    DataOptions,
    AccessOptions,
    PipelineOptions,
    GithubOptions,
    GovernanceOptions,
):
    """Every setting there is; each can be overridden by `-c key=value`."""

    services: tuple[ServiceSettings, ...] = Field(
        min_length=1,
        description="The services by name, each with its declared state; the first is the one that unnamed flags mean.",
    )

    @property
    def makes_governance(self) -> bool:
        """Whether the stack of the registry's settings is this stage's: production has it, for all."""
        return self.governs_registry and not self.stage

    @property
    def tables(self) -> tuple[TableSettings, ...]:
        """Every table of the services, each once, in the order in which they are first named."""
        return tuple({table.name: table for service in self.services for table in service.tables}.values())

    @property
    def has_build_cache(self) -> bool:
        """Whether builds keep their layers: a stage with production's repositories has no cache."""
        return self.build_cache and self.repositories == "own"

    @classmethod
    def from_context(cls, context: Mapping[str, Any], declared: Mapping[str, Any] | None = None) -> Settings:
        """Read the CDK context: cdk.json, overridden by `-c`, whose values are strings.

        `declared` is cdk.json's own context, as far as it is known: what differs from it was given by `-c`, and beats
        the settings of a stage too. All stages are checked, whichever is chosen: together they make one account.

        Raises:
            SettingsError: with one line, on the first key or value that is not allowed.
        """
        refuse_text(declared or {})
        written = declared if declared is not None else {key: context[key] for key in context if key != STAGE}
        flags = {key: value for key, value in context.items() if key not in written or written[key] != value}
        stages = declared_stages(context, cls.model_fields)
        chosen = chosen_stage(context, written, stages)
        settings = {"": cls._read(of_production(written, {} if chosen else flags))}
        for name, own in stages.items():
            refuse_own_registry(name, own)
            with telling_the_stage(name):
                settings[name] = cls._read(of_stage(name, own, written, flags if name == chosen else {}))
        refuse_collisions(settings)
        return settings[chosen]

    @classmethod
    def _read(cls, context: Mapping[str, Any]) -> Settings:
        raw = sort_context(context, cls.model_fields, [name for name in ServiceSettings.model_fields if name != "name"])
        services = tuple(validated(ServiceSettings, each.values, each.keys.__getitem__) for each in raw.services)
        return validated(cls, {**raw.values, "services": services}, str)

    @model_validator(mode="after")
    def _services_do_not_collide(self) -> Settings:
        _refuse_shared(self.services, "priority", lambda service: {service.priority: "priority"})
        _refuse_shared(self.services, "port", lambda service: {service.port(color): f"{color}_port" for color in Color})
        _refuse_shared(self.services, "path", lambda service: dict.fromkeys(service.paths, "paths"))
        return self

    @model_validator(mode="after")
    def _a_shared_table_is_one(self) -> Settings:
        said = dict[str, tuple[ServiceSettings, TableSettings]]()
        for service in self.services:
            for table in service.tables:
                other, same = said.setdefault(table.name, (service, table))
                if table != same:
                    raise SettingsError(
                        f"services.{service.name}.tables.{table.name}: got {table.described}, but {other.name} has"
                        f" {same.described}; allowed: the same in both, or a table of another name"
                    )
        return self

    @model_validator(mode="after")
    def _secrets_have_own_ids(self) -> Settings:
        said = dict[str, str]()
        for service in self.services:
            for each in service.secrets:
                own, known = f"{each.variable} of {service.name}", secret_id(service.name, each.variable)
                other = said.setdefault(known, own)
                if other != own:
                    raise SettingsError(
                        f"services.{service.name}.secrets: got {each.variable!r}, which templates would know as"
                        f" {known}, as {other}; allowed: a variable that differs in more than '_' and the service's"
                        " name"
                    )
        return self

    @model_validator(mode="after")
    def _flags_have_a_name(self) -> Settings:
        for service in self.services:
            name = self.names.feature_flags(service.name)
            if service.feature_flags and len(name) > LONGEST_APPLICATION:
                raise SettingsError(
                    f"services.{service.name}.feature_flags: got true, which would make {name}; allowed with it: names"
                    f" of stage and service with which that has {LONGEST_APPLICATION} characters at most (AppConfig,"
                    " CreateApplication)"
                )
        return self

    @model_validator(mode="after")
    def _colors_have_own_ports(self) -> Settings:
        for service in self.services:
            if service.blue_port == service.green_port:
                raise SettingsError(
                    f"services.{service.name}.green_port: got {service.green_port}; allowed: any port but blue_port's"
                )
        return self

    @model_validator(mode="after")
    def _functions_can_be_told(self) -> Settings:
        needed = longest(self)
        if needed > MOST_BYTES:
            raise SettingsError(
                f"services: got {len(self.services)}, which with all their paths and alarm_names can take {needed:,}"
                f" bytes of a function's environment; allowed: {MOST_BYTES:,} (Lambda's quota). Take fewer services, or"
                " shorter paths, health_path, probe_path and alarm_names"
            )
        return self

    @model_validator(mode="after")
    def _a_pipeline_builds_what_runs(self) -> Settings:
        if self.builds_parts and self.has_pipeline:
            raise SettingsError(
                f"build_platforms: got {', '.join(self.build_platforms)} with pipeline_connection_arn; allowed with"
                f" CodePipeline, whose builds have one processor: {self.image_platform}, or nothing"
            )
        return self

    @model_validator(mode="after")
    def _ssh_has_a_host(self) -> Settings:
        if self.ssh_cidr and self.compute == "fargate":
            raise SettingsError(
                f"ssh_cidr: got {self.ssh_cidr!r}; allowed: nothing with compute=fargate, which has no host"
            )
        return self

    @model_validator(mode="after")
    def _fargate_sells_the_size(self) -> Settings:
        for service in self.services if self.compute == "fargate" else ():
            sold = FARGATE_MEMORY_MIB.get(service.cpu_units)
            if sold is None:
                raise SettingsError(
                    f"services.{service.name}.cpu_units: got {service.cpu_units}; allowed on fargate:"
                    f" {_listing(FARGATE_MEMORY_MIB)}"
                )
            if service.memory_mib not in sold:
                raise SettingsError(
                    f"services.{service.name}.memory_mib: got {service.memory_mib}; allowed on fargate with cpu_units"
                    f" {service.cpu_units}: {_listing(sold)}"
                )
        return self


def _refuse_shared(
    services: tuple[ServiceSettings, ...], what: str, claims: Callable[[ServiceSettings], Mapping[Any, str]]
) -> None:
    """Refuse two services that claim the same thing: one of them would get the other's traffic, or fail to start."""
    for first, second in combinations(services, 2):
        for value, field in claims(second).items():
            if value in claims(first):
                raise SettingsError(
                    f"services.{second.name}.{field}: got {value!r}, as {first.name} has; allowed: a {what} that no"
                    f" other"
                    " service has"
                )


def _listing(values: Iterable[int]) -> str:
    return ", ".join(map(str, values))
