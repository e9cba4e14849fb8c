"""The option that says for which platform an image is."""

from __future__ import annotations

from typing import get_args

import click
from greenlight_cdk.platforms import Platform

with_platform = click.option(
    "--platform",
    type=click.Choice(get_args(Platform)),
    help="For which platform the image is; without it, `image_platform`.",
)
"""The option `--platform`; what is decorated gets it as `platform`, None without it."""
