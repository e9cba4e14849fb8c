"""`greenlight pipeline`: where a run stands, and what its builds ask."""

from __future__ import annotations

import click

from greenlight.commands.pipeline.audit import audit
from greenlight.commands.pipeline.inspect import inspect
from greenlight.commands.pipeline.plan import plan
from greenlight.commands.pipeline.sbom import attach, sbom
from greenlight.commands.pipeline.service import service
from greenlight.commands.pipeline.status import status


@click.group()
def pipeline() -> None:
    """Where the newest run of the pipeline stands, and what its builds ask of their clone."""


for command in (status, audit, service, inspect, sbom, attach, plan):
    pipeline.add_command(command)
