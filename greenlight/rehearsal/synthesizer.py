"""Every set of flags synthesized in one process: the CDK's own start costs more than all the templates.

`python -m greenlight.rehearsal.synthesizer PLAN...`, with plans that `greenlight.rehearsal.synthesis` wrote. Nothing
else imports this module: importing the CDK starts Node.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App

from app import build
from greenlight.rehearsal.synthesis import Assembly, finished_mark


def synthesize(context: Mapping[str, Any], assembly: Assembly, *, validate: bool) -> None:
    """Build the app with these flags and write its assembly, validated by the CDK's own rules or not.

    cdk-nag is left to `cdk synth` and to the tests: its findings do not depend on these flags.
    """
    flags = {**context, **assembly.flags}
    app = App(context=flags, outdir=str(assembly.folder), builtin_cloud_formation_validation=validate)
    build(app, context)
    app.synth()


def main() -> None:
    """Synthesize plan by plan; what is finished is marked, so that its deploy need not wait for the rest.

    The first deployment waits for the first assembly of its plan. The CDK's validation, which takes a second to start,
    is left to those that follow: they have the same stacks with other flags.
    """
    for file in sys.argv[1:]:
        plan = json.loads(Path(file).read_text())
        for number, entry in enumerate(plan["assemblies"]):
            started = time.perf_counter()
            assembly = Assembly(Path(entry["folder"]), entry["flags"])
            synthesize(plan["context"], assembly, validate=bool(number) or len(plan["assemblies"]) == 1)
            finished_mark(assembly.folder).touch()
            print(f"{assembly.folder}: {time.perf_counter() - started:.2f} s", flush=True)


if __name__ == "__main__":
    main()
