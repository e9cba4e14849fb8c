"""Fake boto3 clients: they take and give what boto3's take and give, but call the cloud of the simulation."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError
from botocore.paginate import Paginator

from tests.simulation.constraints import refusal
from tests.simulation.errors import AwsError
from tests.simulation.line import Caller, Line
from tests.simulation.operations import Api, Operation, api
from tests.simulation.refusals import REGION
from tests.simulation.retries import Retries

if TYPE_CHECKING:
    from tests.simulation.cloud import Cloud

NETWORK_ERRORS = (ConnectTimeoutError, ReadTimeoutError, ConnectionClosedError)


class Client:
    """One client of one service. Its methods are made when they are first called."""

    def __init__(self, cloud: Cloud, caller: Caller, service: str, config: Any = None) -> None:
        self._cloud = cloud
        self._caller = caller
        self._api: Api = api(service)
        self._retries = Retries(service, config, cloud.kernel.random)
        self._line = Line(cloud, caller, service, config)
        self.exceptions = self._api.exceptions
        self.meta = SimpleNamespace(region_name=REGION, service_model=self._api.model, config=config)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        operation = None if method.startswith("_") else self._api.operation(method)
        if operation is None:
            raise AttributeError(f"{self._api.service!r} object has no attribute {method!r}")

        def call(*args: Any, **parameters: Any) -> Any:
            if args:
                raise TypeError(f"{method}() only accepts keyword arguments.")
            return self._call(operation, parameters)

        self.__dict__[method] = call
        return call

    def get_paginator(self, method: str) -> Any:
        """botocore's own paginator over this client's method."""
        operation = self._api.operation(method)
        assert operation is not None
        return Paginator(getattr(self, method), self._api.pages.get_paginator(operation.name), operation.model)

    def _call(self, operation: Operation, parameters: dict[str, Any]) -> dict[str, Any]:
        """All attempts of one call, with one idempotency token for all of them, as botocore does it."""
        if not operation.check(parameters):
            error = refusal(operation, parameters)
            raise self._as_boto(operation, error, 1) if isinstance(error, AwsError) else error
        for token in operation.tokens:
            parameters.setdefault(token, self._cloud.unique("token"))
        planned = self._cloud.announce(self._caller, operation.key) if self._caller.exposed else None
        attempt = 1
        while True:
            try:
                fault = planned if planned is not None and planned.meets(attempt) else None
                result = self._line.send(operation, parameters, fault)
                result["ResponseMetadata"] = {"HTTPStatusCode": 200, "RetryAttempts": attempt - 1}
                return result
            except (AwsError, *NETWORK_ERRORS) as error:
                pause = self._retries.pause(operation, error, attempt)
                if pause is None:
                    raise self._as_boto(operation, error, attempt) from None
            self._cloud.kernel.sleep(pause)
            attempt += 1

    def _as_boto(self, operation: Operation, error: Exception, attempt: int) -> Exception:
        """The exception that boto3 raises: of the service's own class where its model has one for the code."""
        if not isinstance(error, AwsError):
            return error
        said = {"Code": error.code, "Message": error.message}
        metadata: dict[str, Any] = {"HTTPStatusCode": error.status, "RetryAttempts": attempt - 1}
        if attempt > 1 and attempt >= self._retries.attempts:
            metadata["MaxAttemptsReached"] = True
        reply: Any = {"Error": said, "ResponseMetadata": metadata, **error.more}
        made: ClientError = self.exceptions.from_code(error.code)(reply, operation.name)
        return made
