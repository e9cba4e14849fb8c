from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import click
import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from traffic_switch.errors import JournalError

from greenlight import INTERRUPTED, __main__, cli
from greenlight.commands import rehearse
from greenlight.errors import RehearsalError, ReleaseError
from greenlight.rehearsal.rehearsal import Order

REFUSED = {
    ("rehearse", "--compute", "lambda"): "'lambda' is not one of 'ec2', 'fargate'",
    ("rehearse", "--act", "relese"): "'relese' is not one of 'release', 'undo', 'unhealthy', 'errors'",
    ("rehearse", "--live", "1", "--next", "1"): "--live and --next are both '1': a release needs two versions",
    ("rehearse", "--live", "a b"): "shop.blue_version: got 'a b'; allowed: an image tag",
    ("releese",): "No such command 'releese'",
}


@pytest.mark.parametrize(("words", "said"), REFUSED.items(), ids=[" ".join(words) for words in REFUSED])
def test_a_bad_request_is_one_line_and_an_exit_code(
    words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["greenlight", *words])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    printed = capsys.readouterr()
    assert ended.value.code not in (0, None)
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


@pytest.mark.parametrize(("option", "compute"), [([], "fargate"), (["--compute", "ec2"], "ec2")])
def test_a_rehearsal_is_on_the_files_compute_unless_the_option_names_one(
    option: list[str],
    compute: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ordered: list[Order] = []

    def note(order: Order, *_: object) -> None:
        ordered.append(order)
        raise RehearsalError("noted")

    (tmp_path / "production.json").write_text('{"compute": "fargate"}')
    monkeypatch.setattr(rehearse, "run", note)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["greenlight", "rehearse", "--config", str(tmp_path / "production.json"), *option])

    with pytest.raises(SystemExit):
        cli.main()

    assert [order.compute for order in ordered] == [compute]


def test_a_confirmation_denied_changes_nothing_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command("deny")
    def deny() -> None:
        raise click.Abort

    monkeypatch.setitem(cli.commands.commands, "deny", deny)
    monkeypatch.setattr(sys, "argv", ["greenlight", "deny"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert (ended.value.code, capsys.readouterr().err) == (1, "greenlight: not confirmed; nothing was changed\n")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ReleaseError("shop is not live: wrong\nversion \x1b]0;x"), "shop is not live: wrong version �]0;x\n"),
        (JournalError("the journal's item lock#shop is\ndamaged"), "the journal's item lock#shop is damaged"),
        (NoCredentialsError(), "Unable to locate credentials"),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "BatchGetImage"), "when calling the BatchGetImage operation"),
        (PermissionError(13, "Permission denied", "build"), "Permission denied: 'build'. Look at this machine's disk"),
    ],
    ids=["release", "journal", "credentials", "refused", "disk"],
)
def test_what_goes_wrong_outside_is_one_line(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command("fail")
    def fail() -> None:
        raise error

    monkeypatch.setitem(cli.commands.commands, "fail", fail)
    monkeypatch.setattr(sys, "argv", ["greenlight", "fail"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    printed = capsys.readouterr().err
    assert (ended.value.code, printed.count("\n")) == (1, 1)
    assert said in printed


def test_two_regions_at_once_are_refused_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(sys, "argv", ["greenlight", "status"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("greenlight: AWS_REGION is eu-west-1 and AWS_DEFAULT_REGION is us-east-1")


def test_a_command_looks_in_the_region_that_the_cdk_cli_deploys_to(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    @click.command("look")
    def look() -> None:
        looked.append(boto3.client("elbv2").meta.region_name)

    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "")
    monkeypatch.setitem(cli.commands.commands, "look", look)
    monkeypatch.setattr(sys, "argv", ["greenlight", "look"])

    with pytest.raises(SystemExit):
        cli.main()
    assert looked == ["eu-west-3"]


def test_a_terminal_without_unicode_gets_the_answer_all_the_same() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "AWS_PROFILE": "nobody", "AWS_REGION": "us-east-1"}
    environment.pop("AWS_DEFAULT_REGION", None)

    ended = subprocess.run(
        [sys.executable, "-m", "greenlight", "doctor"], env=environment, capture_output=True, text=True, check=False
    )

    assert "? credentials  there are no AWS credentials that work" in ended.stdout
    assert (ended.returncode, ended.stderr) == (1, "")


def test_ctrl_c_while_the_program_is_loaded_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib, "import_module", interrupted)

    with pytest.raises(SystemExit) as ended:
        __main__.main()

    assert ended.value.code == INTERRUPTED
    assert capsys.readouterr().err == "greenlight: interrupted; nothing was begun\n"
