"""What AWS says of credentials that do not work, in one line for the person who has them."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    LoginError,
    LoginRefreshRequired,
    LoginTokenLoadError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
"""The codes of expired session credentials: of query and of JSON services, and EC2's own (EC2 API, error codes)."""
UNKNOWN = (
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "AuthFailure",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
)
FALSE = ("SignatureDoesNotMatch", "InvalidSignatureException", "RequestTimeTooSkewed", "IncompleteSignature")
SIGN_IN = "sign in again (`aws sso login`, `aws login`, or whatever gave you the credentials), then try again"
_NONE = (NoCredentialsError, PartialCredentialsError, ProfileNotFound, CredentialRetrievalError, LoginError)
_ENDED = (SSOError, TokenRetrievalError, LoginRefreshRequired, LoginTokenLoadError)
"""Of `aws sso login`, and of `aws login`."""


def unusable(error: BaseException | None) -> str:
    """What is wrong with the credentials or the region, and what to do; empty when it is neither.

    An error of ours that AWS's is the cause of counts as AWS's.
    """
    if error is None:
        return ""
    return _wrong(error) or unusable(error.__cause__)


def _wrong(error: BaseException) -> str:
    code = _code(error)
    if code in EXPIRED or isinstance(error, _ENDED):
        return f"your AWS credentials have expired: {SIGN_IN}"
    if code in UNKNOWN:
        return (
            f"AWS does not know your credentials ({code}): the key was deleted, or is of another partition: {SIGN_IN}"
        )
    if code in FALSE:
        return f"AWS does not accept your signature ({code}): compare the secret key, and this machine's clock"
    if isinstance(error, NoRegionError):
        return "no region is named: set AWS_REGION, or a region in your profile"
    if isinstance(error, _NONE):
        return f"there are no AWS credentials that work ({_words(error)}): set AWS_PROFILE, or sign in"
    return ""


def _code(error: BaseException) -> str:
    return str(error.response["Error"].get("Code", "")) if isinstance(error, ClientError) else ""


def _words(error: BotoCoreError) -> str:
    return str(error).rstrip(".")
