"""Whoever rehearses, as a user of IAM: with the run's own key, which is checked as every other key is.

ministack takes the key `test`, an account's number, no key at all and one of its environment for the account's root,
and checks no signature of theirs. Here nobody is root.
"""

from __future__ import annotations

import json

from ministack.core import iam_evaluator
from ministack.services import iam, sts

from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.keys import RunKeys

USER = "operator"
_EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def install(keys: RunKeys) -> None:
    """Create the user with the run's key, and let nobody be root. Raises RequirementError for another ministack."""
    require(iam, "_create_user", "_put_user_policy", "_access_keys", "_users")
    for module in (iam_evaluator, sts):
        require(module, "is_root_access_key")
        module.is_root_access_key = lambda _access_key_id: False
    iam._create_user({"UserName": [USER]})
    iam._put_user_policy(
        {"UserName": [USER], "PolicyName": ["everything"], "PolicyDocument": [json.dumps(_EVERYTHING)]}
    )
    iam._access_keys[keys.access_key] = {
        "UserName": USER,
        "AccessKeyId": keys.access_key,
        "SecretAccessKey": keys.secret_key,
        "Status": "Active",
        "CreateDate": iam._now(),
    }
