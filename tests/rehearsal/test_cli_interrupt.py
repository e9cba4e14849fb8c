from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from greenlight import INTERRUPTED

pytestmark = pytest.mark.rehearsal


def test_ctrl_c_ends_with_the_code_that_shells_expect() -> None:
    program = (
        "import click, sys, time\n"
        "from greenlight import cli\n"
        "@cli.commands.command('wait')\n"
        "def wait():\n"
        "    print('waiting', flush=True)\n"
        "    time.sleep(60)\n"
        "sys.argv = ['greenlight', 'wait']\n"
        "cli.main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()

    assert process.returncode == INTERRUPTED
    assert said.strip() == "greenlight: interrupted; nothing is left running"
