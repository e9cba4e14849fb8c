"""The operations of AWS's services as botocore models them, each with its check, its IAM action and its exceptions.

Models are read once for the whole process: they are large, and a simulation runs 100,000 scenarios.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.errorfactory import ClientExceptionsFactory
from botocore.model import OperationModel, ServiceModel
from botocore.paginate import PaginatorModel

from tests.simulation.validation import Check, Checks

IAM_PREFIXES = {"elbv2": "elasticloadbalancing", "stepfunctions": "states"}
READS = ("Get", "Describe", "List", "Query", "Scan", "BatchGet", "Receive")


class Operation:
    """One operation: its names, and what it takes and gives."""

    def __init__(self, service: str, model: OperationModel, checks: Checks) -> None:
        self.service = service
        self.name = model.name
        self.method = xform_name(model.name)
        self.key = f"{service}.{model.name}"
        self.action = f"{IAM_PREFIXES.get(service, service)}:{model.name}"
        self.writes = not model.name.startswith(READS)
        self.model = model
        self.check: Check = checks.of(model.input_shape) if model.input_shape else lambda value: not value
        self.check_result: Check = checks.of(model.output_shape) if model.output_shape else lambda _: True
        self.tokens = tuple(model.idempotent_members)


class Api:
    """One service: operations by their method names, exceptions, and how its long answers are paged."""

    def __init__(self, service: str) -> None:
        loader: Any = _session().get_component("data_loader")
        self.service = service
        self.model = ServiceModel(loader.load_service_model(service, "service-2"), service)
        self.exceptions: Any = ClientExceptionsFactory().create_client_exceptions(self.model)
        self.pages = PaginatorModel(loader.load_service_model(service, "paginators-1"))
        self._checks = Checks()
        self._names = {xform_name(name): name for name in self.model.operation_names}
        self._operations: dict[str, Operation] = {}

    def operation(self, method: str) -> Operation | None:
        """The operation behind a client's method, or None when the service has none of that name."""
        if method in self._names and method not in self._operations:
            model = self.model.operation_model(self._names[method])
            self._operations[method] = Operation(self.service, model, self._checks)
        return self._operations.get(method)


@cache
def api(service: str) -> Api:
    """The service's model, read once."""
    return Api(service)


@cache
def _session() -> Any:
    return botocore.session.get_session()
