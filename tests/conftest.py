"""What every test shares: Node is the wheel's, whatever else is installed, and Ctrl-C interrupts what a test starts.

And no stage is chosen: the builds of a stage's pipeline run the tests too.
"""

from __future__ import annotations

import os
import signal

from traffic_switch.contract import STAGE_VARIABLE

from greenlight.cdk import NODE

os.environ.pop(STAGE_VARIABLE, None)
os.environ["PATH"] = os.pathsep.join([str(NODE.parent), os.environ.get("PATH", os.defpath)])

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell without job control starts `make test &` so, and every process below would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
