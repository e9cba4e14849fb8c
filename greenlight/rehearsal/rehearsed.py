"""The settings that are rehearsed: cdk.json's, a file's over them, and what the rehearsal itself replaces on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from greenlight.errors import ProjectError
from greenlight.project import Project
from greenlight.rehearsal.certificates import local_arn
from greenlight.rehearsal.config_file import ConfigFile
from greenlight.rehearsal.pace import overlay
from greenlight.rehearsal.versions import Cast
from stacks.settings import Settings, SettingsError


@dataclass(frozen=True)
class Rehearsed:
    """The validated settings, and what was laid over cdk.json's to get them."""

    settings: Settings
    laid_over: Mapping[str, Any]

    @property
    def services(self) -> tuple[str, ...]:
        """The names of the services, the first one first."""
        return tuple(service.name for service in self.settings.services)


def rehearsed(source: Project, config: ConfigFile | None, compute: str, real_time: bool, cast: Cast) -> Rehearsed:
    """Read the settings, and check them with the two versions that look least alike.

    Production is played alone: a stage beside it has timings of its own, which do not go with a rehearsal's.
    Production's certificate is in another account, and perhaps in another region: here its namesake takes its place.

    Raises:
        ProjectError: naming the first key that is not allowed, and the file if it comes from there.
    """
    replaced: dict[str, Any] = {"compute": compute, **overlay(real_time)}
    found = _read(source, config, replaced)
    if found.certificate_arn:
        replaced["certificate_arn"] = local_arn(found.certificate_arn)
    laid_over = {**(config.values if config else {}), **replaced}
    versions = {
        f"{service.name}.{fact}": version
        for service in found.services
        for fact, version in (("blue_version", cast.first), ("green_version", cast.unhealthy))
    }
    return Rehearsed(_checked({**source.production(), **laid_over, **versions}), laid_over)


def _read(source: Project, config: ConfigFile | None, replaced: Mapping[str, Any]) -> Settings:
    """The settings with what is replaced, which may not go with them: then that is said, since nobody wrote it."""

    def read(over: Mapping[str, Any]) -> Settings:
        return config.settings(source, over) if config else source.settings(over)

    try:
        return read(replaced)
    except ProjectError as error:
        read({"compute": replaced["compute"]})
        raise ProjectError(
            f"{error.message}. That is so only with the rehearsal's own settings of time on top"
            " (greenlight/rehearsal/pace.py): rehearse these with --real-time"
        ) from error


def _checked(context: Mapping[str, Any]) -> Settings:
    try:
        return Settings.from_context(context, context)
    except SettingsError as error:
        raise ProjectError(str(error)) from error
