"""Run the local cloud: `python -m greenlight.rehearsal.cloud --port 4566 --run-dir build/rehearsal/run`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from greenlight.rehearsal.cloud.environment import cloud_environment
from greenlight.rehearsal.keys import KeysError, RunKeys

OWNER_ALONE = 0o077
"""The umask of everything that the cloud starts: nobody else reads what they write."""


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Where the AWS API answers, on 127.0.0.1.")
@click.option("--run-dir", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where it writes.")
@click.option("--auth/--no-auth", default=True, show_default=True, help="Enforce IAM policies.")
@click.option("--only", default="", help="Install these adapters alone, by name, separated by commas.")
def main(port: int, run_dir: Path, auth: bool, only: str) -> None:
    """Serve the local AWS API until SIGTERM or Ctrl-C."""
    os.umask(OWNER_ALONE)
    run_dir = run_dir.resolve()
    try:
        keys = RunKeys.taken_from(os.environ)
    except KeysError as error:
        raise click.ClickException(str(error)) from error
    environment = cloud_environment(port, run_dir, auth, os.environ)
    Path(environment["TMPDIR"]).mkdir(parents=True, exist_ok=True)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = environment["TMPDIR"]

    # ministack reads the environment when it is imported
    from greenlight.rehearsal.cloud.launch import LaunchError, launch

    try:
        launch(port, run_dir, keys, auth=auth, only=tuple(filter(None, only.split(","))))
    except LaunchError as error:
        click.echo(f"Error: {error}", err=True)
        os._exit(1)  # threads that an adapter started must not hold the process


if __name__ == "__main__":
    main()
