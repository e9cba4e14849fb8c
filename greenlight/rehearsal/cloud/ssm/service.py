"""Systems Manager: Run Command on the machines of our instances, documents of our own, and public image parameters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import AccountRegionScopedDict, error_response_json
from ministack.services import ec2, ssm

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.ec2 import reach
from greenlight.rehearsal.cloud.iam import permission, roles
from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.cloud.ssm.documents import Document, ParameterError
from greenlight.rehearsal.cloud.ssm.managed import is_managed

IMAGES = ("default-x86_64", "default-arm64", "6.1-x86_64", "6.1-arm64", "6.12-x86_64", "6.12-arm64", "6.18-x86_64")
"""Amazon Linux 2023 by the kernel's line, as AWS publishes it for every account to read."""

SHELL_DOCUMENT = "AWS-RunShellScript"
_PUBLIC_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-"
_IMAGE = "ami-0c2023a1b2c3d4e5f"

_documents: Any = AccountRegionScopedDict()

SendCommand = Callable[[Mapping[str, Any]], Any]


def install(context: CloudContext) -> None:
    """Let SendCommand run documents for real, and let IAM see what it names."""
    del context
    require(ssm, "_PUBLIC_AMI_PARAMETERS", "_SHELL_DOCUMENTS", "_shell_argv", "_send_command", "_command_target_ids")
    require(iam_actions, "extract_resource_arn", "_action_from_target")
    require(iam_evaluator, "enforce", *permission.REQUIRED)
    require(ec2, "instance_is_managed", "_instances")
    for kernel in IMAGES:
        ssm._PUBLIC_AMI_PARAMETERS.setdefault(_PUBLIC_PARAMETER + kernel, _IMAGE)
    reach.check_requirements()
    roles.check_requirements()
    ec2.instance_is_managed = is_managed
    ssm._send_command = _checking(ssm._send_command)
    ssm._shell_argv = _arguments
    iam_actions.extract_resource_arn = _naming_command_resources(iam_actions.extract_resource_arn)
    iam_evaluator.enforce = _on_every_resource(iam_evaluator.enforce)


def put_document(name: str, content: Any) -> None:
    """Keep a document, in place of an earlier one of that name. Raises DocumentError for one that cannot be run."""
    _documents[name] = Document.parse(content)
    ssm._SHELL_DOCUMENTS.add(name)


def delete_document(name: str) -> None:
    """Forget a document; one that is gone already is no error."""
    _documents.pop(name, None)


def _checking(send: SendCommand) -> SendCommand:
    """Refuse a command whose document is missing or does not allow its parameters, before anything runs."""

    def send_command(request: Mapping[str, Any]) -> Any:
        name = request.get("DocumentName", "")
        if name != SHELL_DOCUMENT and name not in _documents:
            return error_response_json("InvalidDocument", f"document {name} does not exist in your account", 400)
        try:
            _arguments(request)
        except ParameterError as error:
            return error_response_json("InvalidParameters", str(error), 400)
        return send(request)

    return send_command


def _arguments(request: Mapping[str, Any]) -> list[str]:
    """Return what a machine executes: the script, and the seconds that it may take."""
    given = request.get("Parameters") or {}
    if request["DocumentName"] == SHELL_DOCUMENT:
        return ["\n".join(given.get("commands", ())), "".join(given.get("executionTimeout", ("3600",)))]
    script = _documents[request["DocumentName"]].render(given)
    return [script.text, str(script.timeout_seconds)]


class Resources(str):
    """A resource's ARN that stands for others too: a request is allowed when it is allowed on each of them."""

    others: tuple[str, ...] = ()


def _naming_command_resources(extract: Callable[..., str]) -> Callable[..., str]:
    """SendCommand is authorized on its document and on each instance, where ministack looks at `*` alone."""

    def extract_resource_arn(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, *rest: Any, **more: Any
    ) -> str:
        if service != "ssm" or iam_actions._action_from_target(headers) != "SendCommand":
            return extract(service, method, path, headers, body, *rest, **more)
        _, region, account = rest
        request = json.loads(body or b"{}")
        name = request.get("DocumentName", "")
        owner = "" if name.startswith("AWS-") else account
        document = name if name.startswith("arn:") else f"arn:aws:ssm:{region}:{owner}:document/{name}"
        resources = Resources(document)
        resources.others = tuple(
            f"arn:aws:ec2:{region}:{account}:instance/{each}" for each in ssm._command_target_ids(request)
        )
        return resources

    return extract_resource_arn


def _on_every_resource(enforce: Callable[..., Any]) -> Callable[..., Any]:
    def enforce_all(*arguments: Any, resource_arn: str = "*", **more: Any) -> Any:
        others = resource_arn.others if isinstance(resource_arn, Resources) else ()
        refusals = (enforce(*arguments, resource_arn=each, **more) for each in (resource_arn, *others))
        return next((refusal for refusal in refusals if refusal), None)

    return enforce_all
