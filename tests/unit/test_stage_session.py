"""Each rehearsal of a process has keys of its own."""

from __future__ import annotations

import boto3
import pytest

from greenlight.rehearsal.keys import RunKeys
from greenlight.rehearsal.stage import _speaking_to_the_cloud


def test_a_second_rehearsal_of_a_process_speaks_with_its_own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody's")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "own")
    boto3.client("sts", region_name="us-east-1")
    for keys in (RunKeys.draw(), RunKeys.draw()):
        with _speaking_to_the_cloud(keys.client_variables()):
            credentials = boto3.client("sts", region_name="us-east-1")._request_signer._credentials
            assert credentials.access_key == keys.access_key
