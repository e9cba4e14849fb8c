"""What every test shares: Node is the wheel's, whatever else is installed."""

from __future__ import annotations

import os

from greenlight.cdk import NODE

os.environ["PATH"] = os.pathsep.join([str(NODE.parent), os.environ.get("PATH", os.defpath)])
