"""The environment of a build: what CodeBuild sets, and what the project and its specification say. Nothing else.

Source: docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html. A variable of StartBuild wins over
the project's, and that over the specification's (build-spec-ref, `env/variables`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from greenlight.rehearsal.account import REGION
from greenlight.rehearsal.cloud.codebuild.buildspec import BuildSpec
from greenlight.rehearsal.cloud.codebuild.errors import ServiceError
from greenlight.rehearsal.cloud.codebuild.project import Project, Variable
from greenlight.rehearsal.cloud.codebuild.registries import registry_settings
from greenlight.rehearsal.runner.program import node_executable

STAND_INS = Path(__file__).with_name("stand_ins")
_KEPT = ("LANG", "LC_ALL", "SSL_CERT_FILE", "TZ")

Client = Callable[[str], Any]


def surroundings(home: Path, endpoint_url: str) -> dict[str, str]:
    """What makes a process on this machine a build: a home of its own, the local AWS API, and this machine's tools."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        **registry_settings(os.environ),
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "PATH": os.pathsep.join((str(STAND_INS), str(Path(node_executable()).parent), _tools())),
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def told(build: Mapping[str, Any], project: Project, source: Path, revision: str) -> dict[str, str]:
    """What CodeBuild tells a build of itself."""
    return {
        "CODEBUILD_BUILD_ARN": build["arn"],
        "CODEBUILD_BUILD_ID": build["id"],
        "CODEBUILD_BUILD_IMAGE": project.image,
        "CODEBUILD_BUILD_NUMBER": str(build["buildNumber"]),
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_CI": "true",
        "CODEBUILD_INITIATOR": build["initiator"],
        "CODEBUILD_LOG_PATH": build["id"].partition(":")[2],
        "CODEBUILD_RESOLVED_SOURCE_VERSION": revision,
        "CODEBUILD_SRC_DIR": str(source),
        "CODEBUILD_START_TIME": str(int(build["startTime"] * 1000)),
    }


def declared(spec: BuildSpec, project: Project, client: Client) -> dict[str, str]:
    """The variables of the specification, the project and the call, with the role's rights where AWS keeps them.

    Raises ServiceError when one cannot be read.
    """
    stored = (Variable(name, each, "PARAMETER_STORE") for name, each in spec.stored.items())
    secret = (Variable(name, each, "SECRETS_MANAGER") for name, each in spec.secret.items())
    found = {each.name: _value(each, client) for each in (*stored, *secret)}
    return {**found, **spec.variables, **{each.name: _value(each, client) for each in project.variables}}


def _value(variable: Variable, client: Client) -> str:
    try:
        if variable.kind == "PARAMETER_STORE":
            answer = client("ssm").get_parameter(Name=variable.value, WithDecryption=True)
            return str(answer["Parameter"]["Value"])
        if variable.kind == "SECRETS_MANAGER":
            return _secret(variable.value, client)
    except Exception as error:
        raise ServiceError(f"the variable {variable.name} cannot be read from {variable.value}: {error}") from error
    return variable.value


def _secret(reference: str, client: Client) -> str:
    """Read `<secret>:<key>:<stage>:<version>`, where the secret may be an ARN, which has seven parts of its own."""
    import json

    parts = reference.split(":")
    own = 7 if reference.startswith("arn:") else 1
    secret, (key, *_rest) = ":".join(parts[:own]), (*parts[own:], "")
    text = str(client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])
    return str(json.loads(text)[key]) if key else text


def _tools() -> str:
    """PATH without the rehearsal's own environment: what a build needs, it installs, as on AWS."""
    own = {str(Path(sys.executable).parent), str(Path(sys.prefix) / "bin")}
    given = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(each for each in given if each not in own)
