"""A request names one action, in one place: ministack checks the policy for one, and may perform another.

Its check reads Action from the query first, then from a form's body, then X-Amz-Target; its services read the body
last, whatever its type. And what its check cannot name, it lets pass with any valid key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from ministack.core import iam_actions
from ministack.core.router import detect_service

from greenlight.rehearsal.cloud.control import Scope
from greenlight.rehearsal.cloud.requirement import require

UNNAMED = "greenlight:Unnamed"
"""What a request is checked for that does no action known to IAM: the operator may do everything, nobody else this."""

_CLOSED = ("/_", "/v2/", "/health", "/restapis/", "/iceberg", "/oauth2/")
"""Pages of the library, and interfaces that it serves without asking IAM."""
_FORM, _JSON = "application/x-www-form-urlencoded", "application/x-amz-json-1."
_SPEAKING_FORMS = ("query-xml", "ec2-xml")
_SPEAKING_MORE = ("monitoring",)
"""Its clients send JSON and CBOR as well."""


def install() -> None:
    """Refuse everybody but the operator what the library's check cannot name. Raises RequirementError."""
    require(iam_actions, "extract_iam_action", "_SERVICE_PROTOCOL")
    extract = iam_actions.extract_iam_action
    iam_actions.extract_iam_action = lambda *given, **named: extract(*given, **named) or UNNAMED


@dataclass(frozen=True)
class Worded:
    """A request, as far as it says what is to be done. Names of headers are in lower case."""

    scope: Scope
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, Sequence[str]]
    body: bytes

    @classmethod
    def of(cls, scope: Scope, query: Mapping[str, Sequence[str]], body: bytes) -> Worded:
        """Read a request."""
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        return cls(scope, query, headers, body)

    def is_of(self, kind: str) -> bool:
        """Whether the body has this type, and the request names no other one."""
        return [each.startswith(kind) for each in self.headers.get("content-type", ())] == [True]

    @property
    def targets(self) -> Sequence[str]:
        """What X-Amz-Target says, as often as it is there."""
        return self.headers.get("x-amz-target", ())

    @property
    def actions(self) -> Sequence[str]:
        """The actions that the body names, if it is read as a form."""
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True).get("Action", [])

    @property
    def is_encoded(self) -> bool:
        """Whether the library reads another body than was sent."""
        streamed = any(each.startswith("STREAMING") for each in self.headers.get("x-amz-content-sha256", ()))
        return streamed or "content-encoding" in self.headers

    @property
    def takes_forms_alone(self) -> bool:
        """Whether the service speaks a protocol of forms, and no other one."""
        first = {name: values[0] for name, values in self.headers.items()}
        service = detect_service(self.scope["method"], self.scope["path"], first, dict(self.query))
        return service not in _SPEAKING_MORE and iam_actions._SERVICE_PROTOCOL.get(service) in _SPEAKING_FORMS


def ambiguity(scope: Scope, query: Mapping[str, Sequence[str]], body: bytes) -> str:
    """Say why a request could be checked for another action than it does; empty when it cannot."""
    if scope["path"].startswith(_CLOSED):
        return "the rehearsal's cloud has no such page"
    if "Action" in query:
        return "the action must be named in the body, not in the query"
    return _in_the_body(Worded.of(scope, query, body)) if scope["method"] == "POST" else ""


def _in_the_body(asked: Worded) -> str:
    is_form, targets, actions = asked.is_of(_FORM), asked.targets, asked.actions
    if asked.takes_forms_alone and not is_form:
        return f"this service takes {_FORM} alone"
    if targets and not (len(targets) == 1 and asked.is_of(_JSON)):
        return "X-Amz-Target must be there once, with a body of JSON"
    if actions and not (is_form and not targets and len(actions) == 1):
        return "the action must be named once"
    if (targets or is_form) and asked.query:
        return "parameters must be in the body, not in the query"
    if (targets or is_form or actions) and asked.is_encoded:
        return "the body must be sent as it is"
    return ""
