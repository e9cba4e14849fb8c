"""AWS calls as tasks: any service that the local API has, called as the state machine's role.

ministack knows some services and calls them past IAM. Here every call is an ordinary signed request, so that a
permission that the role lacks is missing in the rehearsal too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import botocore.session
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import ServiceModel
from ministack.core.responses import get_region

from greenlight.rehearsal.cloud.iam.roles import RoleSession, TrustError, account_root
from greenlight.rehearsal.cloud.stepfunctions.errors import RUNTIME, StateError
from greenlight.rehearsal.cloud.stepfunctions.execution import CURRENT
from greenlight.rehearsal.cloud.stepfunctions.roles import machine_session
from greenlight.rehearsal.cloud.stepfunctions.shapes import to_request, to_result

OPTIMIZED = {"dynamodb": "DynamoDB", "events": "EventBridge", "sns": "SNS", "sqs": "SQS"}
"""Services with integrations of their own name, and the prefix of their errors."""

_BOTOCORE_NAMES = {
    "applicationautoscaling": "application-autoscaling",
    "cloudwatchlogs": "logs",
    "elasticloadbalancingv2": "elbv2",
    "eventbridge": "events",
    "sfn": "stepfunctions",
}
"""Step Functions names services as the AWS SDK for Java does."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


class Integrations:
    """Calls services at one endpoint."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._session = botocore.session.Session()
        self._client = lru_cache(maxsize=None)(self._new_client)

    def call(self, resource: str, arguments: Mapping[str, Any]) -> Any:
        """Make the call that an arn:aws:states:::aws-sdk:<service>:<action> or an optimized integration stands for.

        Raises:
            stepfunctions._ExecutionError: the call failed, or no such call exists.
        """
        service, action = resource.removesuffix(".waitForTaskToken").split(":")[-2:]
        try:
            client = self._client(_BOTOCORE_NAMES.get(service.lower(), service.lower()), self._credentials())
            operation = client.meta.service_model.operation_model(action[:1].upper() + action[1:])
            method = next(name for name, known in client.meta.method_to_api_mapping.items() if known == operation.name)
            answer = getattr(client, method)(**to_request(arguments, operation.input_shape))
        except ClientError as error:
            raise _failure(client, service, "aws-sdk:" in resource, error) from error
        except (BotoCoreError, StopIteration, TrustError) as error:
            raise StateError(RUNTIME, f"{resource}: {error}") from error
        return to_result(answer, operation.output_shape)

    def _credentials(self) -> RoleSession:
        """A session of the role of the machine at work."""
        execution = CURRENT.get()
        if execution is None:
            return account_root()
        return machine_session(execution.machine["roleArn"], execution.machine["stateMachineArn"])

    def _new_client(self, service: str, session: RoleSession) -> BaseClient:
        return self._session.create_client(
            service,
            region_name=get_region(),
            endpoint_url=self._endpoint,
            aws_access_key_id=session.access_key,
            aws_secret_access_key=session.secret,
            aws_session_token=session.token or None,
            config=Config(retries={"max_attempts": 0}, inject_host_prefix=False),
        )


def _failure(client: BaseClient, service: str, is_sdk: bool, error: ClientError) -> Exception:
    """Errors are `<Service>.<Name>Exception` (Step Functions guide, "AWS SDK service integrations").

    As recorded, an error that the SDK does not know bears the service's name, and the cause ends with the call
    (localstack, test_aws_sdk.snapshot.json and test_task_service_dynamodb.snapshot.json).
    """
    model = client.meta.service_model
    own = error_prefix(str(model.service_id))
    prefix = own if is_sdk else OPTIMIZED[service]
    told = error.response["Error"]
    name = _known_name(model, str(told.get("Code", "")).rsplit("#", 1)[-1]) or (own if is_sdk else f"Amazon{prefix}")
    full = name if name.endswith("Exception") else f"{name}Exception"
    answer = error.response["ResponseMetadata"]
    call = {"Service": prefix, "Status Code": answer["HTTPStatusCode"], "Request ID": answer.get("RequestId", "")}
    described = ", ".join(f"{key}: {value}" for key, value in call.items())
    return StateError(f"{prefix}.{full}", f"{told.get('Message', '')} ({described})")


def _known_name(model: ServiceModel, code: str) -> str:
    """The name that the service's model has for an error, empty when it has none."""
    for shape in model.error_shapes:
        if code in (shape.name, getattr(shape, "error_code", None)):
            return str(shape.name)
    return ""


def error_prefix(service_id: str) -> str:
    """`ElasticLoadBalancingV2` for "Elastic Load Balancing v2", `DynamoDb` for "DynamoDB"."""
    return "".join(word.capitalize() for word in _WORDS.findall(service_id))
