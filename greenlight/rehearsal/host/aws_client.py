"""`aws` on a rehearsed host: the commands that its scripts know, signed with the instance role's credentials.

The calls go to the local cloud as every other one does, so a permission that the role lacks fails here too.
"""

from __future__ import annotations

import json
import os
import sys
import xml.etree.ElementTree as Xml
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from greenlight.rehearsal.host.aws_request import ask
from greenlight.rehearsal.host.exchange import Answer

PARAMETER = "aws ssm get-parameter --name NAME --query Parameter.Value --output text --region REGION"
ROLE = "aws sts assume-role --role-arn ARN --role-session-name NAME --output json"
SECRET = "aws secretsmanager get-secret-value --secret-id ARN --query SecretString --output text --region REGION"
USAGE_ERROR = 252
SERVICE_ERROR = 254
"""The AWS CLI's own exit codes for a command that is wrong, and for one that the service refused."""

_STS = "{https://sts.amazonaws.com/doc/2011-06-15/}"
Options = dict[str, str]


class _RefusedError(Exception):
    """The service refused, in the AWS CLI's words."""


def main(arguments: Sequence[str]) -> int:
    """Run one command; print what the AWS CLI prints."""
    run = _COMMANDS.get(" ".join(arguments[:2]))
    try:
        if run is None:
            raise ValueError(f"aws {' '.join(arguments[:2])} is not rehearsed")
        print(run(dict(zip(arguments[2::2], arguments[3::2], strict=True))))
    except ValueError as error:
        print(f"aws: [ERROR]: {error}; the rehearsal answers only: {PARAMETER}, {SECRET}, {ROLE}", file=sys.stderr)
        return USAGE_ERROR
    except _RefusedError as error:
        print(f"\nAn error occurred {error}", file=sys.stderr)
        return SERVICE_ERROR
    return 0


def _get_parameter(options: Options) -> str:
    name, region = _take(options, {"--query": "Parameter.Value", "--output": "text"}, "--name", "--region")
    return str(_ask_json("ssm", region, "AmazonSSM.GetParameter", {"Name": name})["Parameter"]["Value"])


def _get_secret(options: Options) -> str:
    fixed = {"--query": "SecretString", "--output": "text"}
    secret, region = _take(options, fixed, "--secret-id", "--region")
    found = _ask_json("secretsmanager", region, "secretsmanager.GetSecretValue", {"SecretId": secret})
    return str(found["SecretString"])


def _ask_json(service: str, region: str, target: str, content: Mapping[str, str]) -> Mapping[str, Any]:
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": target}
    answer = ask(service, region, headers, json.dumps(content).encode())
    found: Mapping[str, Any] = json.loads(answer.body or b"{}")
    if answer.status != 200:
        code = str(found.get("__type") or found.get("code", "")).rpartition("#")[2]
        raise _refused(code, target.rpartition(".")[2], found.get("message") or found.get("Message", ""))
    return found


def _assume_role(options: Options) -> str:
    options.setdefault("--region", os.environ.get("AWS_REGION", ""))
    role, name, region = _take(options, {"--output": "json"}, "--role-arn", "--role-session-name", "--region")
    form = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": role, "RoleSessionName": name}
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    found = _read(ask("sts", region, headers, urlencode(form).encode()))
    return json.dumps({"Credentials": found}, indent=4)


def _read(answer: Answer) -> Mapping[str, str]:
    """Read STS's XML: the credentials, or why there are none."""
    document = Xml.fromstring(answer.body)  # noqa: S314 - of the rehearsal's own cloud
    if answer.status != 200:
        told = {each.tag.rpartition("}")[2]: each.text or "" for each in document.iter()}
        raise _refused(told.get("Code", ""), "AssumeRole", told.get("Message", ""))
    return {each.tag.rpartition("}")[2]: each.text or "" for each in next(document.iter(f"{_STS}Credentials"))}


def _take(options: Options, fixed: Mapping[str, str], *names: str) -> list[str]:
    """Return the values of the named options; the fixed ones must be as they are, and there may be no other."""
    for option, value in fixed.items():
        if options.pop(option, value) != value:
            raise ValueError(f"{option} must be {value}")
    values = [options.pop(name, "") for name in names]
    if options or not all(values):
        raise ValueError(f"unknown or missing options: {' '.join([*options, *names])}")
    return values


def _refused(code: str, operation: str, message: object) -> _RefusedError:
    return _RefusedError(f"({code}) when calling the {operation} operation: {message}")


_COMMANDS: Mapping[str, Callable[[Options], str]] = {
    "ssm get-parameter": _get_parameter,
    "secretsmanager get-secret-value": _get_secret,
    "sts assume-role": _assume_role,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
