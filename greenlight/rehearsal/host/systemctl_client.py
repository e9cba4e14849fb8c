"""`systemctl start SERVICE` on a rehearsed host: the local cloud runs it, as a process that ends with the host."""

from __future__ import annotations

import sys

from greenlight.rehearsal.host.cloud_client import carry

UNITS_PATH = "/_greenlight/units"

if __name__ == "__main__":
    sys.exit(carry(UNITS_PATH, "systemctl", sys.argv[1:]))
