"""The environment of the cloud process, which its Lambda workers inherit."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from greenlight.rehearsal.account import REGION

_KEPT = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "SSL_CERT_FILE", "TZ", "USER")
_KEPT_PREFIXES = ("GREENLIGHT_", "PIP_", "NPM_CONFIG_", "npm_config_", "UV_")
"""Besides our own, the settings of package registries, which rehearsed builds need."""
_CONCURRENT_INVOCATIONS = 20
"""Each is a process of its own."""


def cloud_environment(port: int, run_dir: Path, auth: bool, inherited: Mapping[str, str]) -> dict[str, str]:
    """Work out the environment. Nothing about AWS is inherited: a real account must stay out of reach."""
    kept = {key: value for key, value in inherited.items() if key in _KEPT or key.startswith(_KEPT_PREFIXES)}
    programs = str(Path(sys.executable).parent)
    return {
        **kept,
        "PATH": os.pathsep.join([programs, kept.get("PATH", os.defpath)]),
        "TMPDIR": str(run_dir / "tmp"),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "AUTH": "true" if auth else "false",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_ACCOUNT_CONCURRENCY": str(_CONCURRENT_INVOCATIONS),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
