"""Every call of AWS's API is signed (Signature Version 4), and the signature is checked before anything else is.

ministack checks it where it checks a policy, which some of its paths never do; and its own pages ask for nothing. What
stays open is the address of CloudFormation's answers, which is a secret by itself, as the ResponseURL is on AWS.
"""

from __future__ import annotations

from urllib.parse import parse_qs, quote

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import set_request_account_id, set_request_region

from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.cloud.control import Application, LongBodyError, Receive, Scope, Send, read_body
from greenlight.rehearsal.cloud.entry import wording
from greenlight.rehearsal.cloud.entry.refusal import refuse
from greenlight.rehearsal.cloud.requirement import require

ANSWERS = "/_ministack/cfn-response/"
TOO_LONG = 413
_MISSING = ("Missing Authentication Token", "MissingAuthenticationTokenException")


def install() -> None:
    """Let ministack take our word for a signature, instead of checking each twice. Raises RequirementError."""
    require(iam_evaluator, "pin_signed_request", "pin_signed_body", "authenticate", "AuthError", "_signed_request")
    require(app, "pin_signed_request", "pin_signed_body")
    app.pin_signed_request = lambda *_request: None
    app.pin_signed_body = lambda _body: None
    wording.install()


def demanding_signatures(application: Application) -> Application:
    """Refuse what is not signed with a key that is known, and valid."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["method"] == "PUT" and scope["path"].startswith(ANSWERS)):
            await application(scope, receive, send)
            return
        if not _is_signed(scope):
            await refuse(scope, send, *_MISSING)
            return
        try:
            body = await read_body(receive)
        except LongBodyError as error:
            await refuse(scope, send, str(error), "RequestEntityTooLargeException", TOO_LONG)
            return
        problem = _problem(scope, body)
        if problem:
            await refuse(scope, send, problem[1], problem[0])
        else:
            await application(scope, _again(body, receive), send)

    return wrapped


def _is_signed(scope: Scope) -> bool:
    """Whether it could be: nothing is read of a request that shows no signature at all."""
    shown = any(name.lower() == b"authorization" for name, _ in scope["headers"])
    return shown or b"x-amz-signature=" in scope.get("query_string", b"").lower()


def _problem(scope: Scope, body: bytes) -> tuple[str, str] | None:
    """The code and the message of what is wrong; None for a valid signature."""
    set_request_account_id(ACCOUNT)
    set_request_region(REGION)
    query = parse_qs(scope.get("query_string", b"").decode("utf-8", "replace"), keep_blank_values=True)
    raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
    iam_evaluator.pin_signed_request(scope["method"], raw_path.decode("latin-1"), query, scope["headers"])
    iam_evaluator.pin_signed_body(body)
    request = iam_evaluator._signed_request.get()
    if request is None:
        return _MISSING[1], _MISSING[0]
    if request.s3_scoped:
        return "AccessDeniedException", "presigned URLs of S3 are not rehearsed"
    outcome = iam_evaluator.authenticate(request.access_key_id, ACCOUNT)
    if isinstance(outcome, iam_evaluator.AuthError):
        return outcome.code, outcome.message
    found = wording.ambiguity(scope, query, body)
    return ("AccessDeniedException", found) if found else None


def _again(body: bytes, receive: Receive) -> Receive:
    """Hand out a body that was read already, and then whatever comes."""
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> dict[str, object]:
        return pending.pop() if pending else await receive()

    return received
