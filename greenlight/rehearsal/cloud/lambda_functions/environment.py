"""The environment of a function's process: what Lambda sets, and what the function's own settings say. Nothing else."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from greenlight.rehearsal.cloud.iam.roles import RoleSession, role_session
from greenlight.rehearsal.cloud.lambda_functions.configuration import PRINCIPAL


@dataclass(frozen=True)
class Function:
    """The part of a Lambda function's configuration that its process depends on."""

    name: str
    arn: str
    handler: str
    runtime: str
    timeout_seconds: float
    memory_mib: int
    version: str
    log_group: str
    log_format: str
    log_level: str
    variables: Mapping[str, str]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Function:
        """Read what GetFunctionConfiguration shows. The defaults are Lambda's."""
        logging = config.get("LoggingConfig") or {}
        log_format = logging.get("LogFormat") or "Text"
        return cls(
            name=config["FunctionName"],
            arn=config["FunctionArn"],
            handler=config["Handler"],
            runtime=config["Runtime"],
            timeout_seconds=float(config.get("Timeout") or 3),
            memory_mib=int(config.get("MemorySize") or 128),
            version=config.get("Version") or "$LATEST",
            log_group=logging.get("LogGroup") or f"/aws/lambda/{config['FunctionName']}",
            log_format=log_format,
            log_level=logging.get("ApplicationLogLevel") or ("INFO" if log_format == "JSON" else "WARNING"),
            variables=(config.get("Environment") or {}).get("Variables") or {},
        )


def function_session(config: Mapping[str, Any]) -> RoleSession:
    """The credentials of a function's role, good for one invocation at least. Raises TrustError."""
    function = Function.from_config(config)
    return role_session(config["Role"], function.name, PRINCIPAL, lasting_seconds=function.timeout_seconds)


def environment(
    config: Mapping[str, Any], endpoint: str, code: str, authority: str, credentials: Mapping[str, str]
) -> dict[str, str]:
    """Everything that `os.environ` of the handler holds. The credentials are those of the function's role."""
    function = Function.from_config(config)
    region = function.arn.split(":")[3]
    return {
        **_local(endpoint, authority),
        **function.variables,
        **credentials,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mib),
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{datetime.now(UTC):%Y/%m/%d}/[{function.version}]{os.urandom(16).hex()}",
        "AWS_LAMBDA_LOG_FORMAT": function.log_format,
        "AWS_LAMBDA_LOG_LEVEL": function.log_level,
        "LAMBDA_TASK_ROOT": code,
        "_HANDLER": function.handler,
    }


def _local(endpoint: str, authority: str) -> dict[str, str]:
    """What makes a process on this machine talk to the local AWS API, and to no proxy on the way.

    On AWS a function trusts the public authorities; here it trusts the run's own, and no other. It has no HOME there;
    without one here it would find what whoever rehearses keeps in theirs, such as settings of AWS clients.
    """
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": tempfile.gettempdir(),
        "LANG": "en_US.UTF-8",
        "NO_PROXY": "127.0.0.1,localhost",
        "PATH": os.environ.get("PATH", os.defpath),
        "SSL_CERT_FILE": authority,
        "TZ": ":UTC",
        "no_proxy": "127.0.0.1,localhost",
    }
