"""What each build does: the commands that CodeBuild runs, and what they hand on to later actions.

They are shell, run by bash from a clone of the repository; the scripts in `delivery/` are those of the commit that is
delivered. Pure data, without the CDK.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

Build = Literal["Check", "Image", "Plan", "Release", "Record"]
BUILDS: tuple[Build, ...] = get_args(Build)

PYTHON = "3.12"
"""Of CodeBuild's image, for `make setup`, which installs all else."""
COMMANDS: dict[Build, tuple[str, ...]] = {
    "Check": ("make check", "make audit", "make test"),
    "Image": ("bash delivery/image.sh", ". build/delivery/image.env"),
    "Plan": ("bash delivery/plan.sh", ". build/delivery/plan.env"),
    "Release": ("bash delivery/release.sh",),
    "Record": ("bash delivery/record.sh", ". build/delivery/record.env"),
}
"""What a script wants to hand on it writes into a file of exports; only what the build's own shell exports is seen."""
EXPORTED: dict[Build, tuple[str, ...]] = {
    "Check": (),
    "Image": ("VERSION", "DIGEST"),
    "Plan": ("VERSION", "DIGEST", "COLOR", "LIVE", "COMMIT"),
    "Release": (),
    "Record": ("RECORDED",),
}


GIT_CREDENTIALS: dict[Build, dict[str, str]] = {"Record": {"git-credential-helper": "yes"}}
"""Record asks for the newest commit, and pushes: CodeBuild has credentials for the clone alone otherwise."""


def specification(build: Build) -> dict[str, Any]:
    """The build specification of a project (CodeBuild guide, "Build specification reference")."""
    exported = {"exported-variables": list(EXPORTED[build])} if EXPORTED[build] else {}
    return {
        "version": "0.2",
        "env": {"shell": "bash", **GIT_CREDENTIALS.get(build, {}), **exported},
        "phases": {
            "install": {
                "runtime-versions": {"python": PYTHON},
                "on-failure": "ABORT",
                "commands": ["make setup"],
            },
            "build": {"on-failure": "ABORT", "commands": list(COMMANDS[build])},
        },
    }
