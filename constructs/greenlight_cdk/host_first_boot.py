"""The user data of the EC2 host: it installs docker, and what stands between containers and the host.

What it writes is the same whatever the versions and the services are: user data that changed would replace the host.
"""

from __future__ import annotations

from greenlight_cdk.host_scripts import SCRIPTS, shell

LARGEST_BYTES = 16_384
"""What EC2 takes as user data, before it is encoded (EC2 user guide, "Run commands at launch")."""

END_OF_FILE = "END_OF_FILE"
LIBRARY, UNITS = "/usr/local/lib/greenlight", "/etc/systemd/system"
FILES = {
    "daemon.json": "/etc/docker",
    "fence.sh": LIBRARY,
    "credentials.py": LIBRARY,
    "greenlight-fence.service": UNITS,
    "greenlight-credentials.socket": UNITS,
    "greenlight-credentials.service": UNITS,
}
"""The folder of each file on the host. docker's networks are of 198.18.0.0/15, which no VPC and no route leads to
(RFC 2544): those that docker takes by itself may be the VPC's."""


def first_boot_script(*, registry: str, region: str, renewed_at: str) -> str:
    """Return the user data. `renewed_at` says which host in a row it is, and changes nothing else."""
    first, *rest = shell("first-boot.sh", {"registry": registry, "renewed_at": renewed_at}).split("\n")
    return "\n".join([first, "put_files() {", *(_put(name, region) for name in FILES), "}", *rest])


def _put(name: str, region: str) -> str:
    """Write one file, as it is: in a quoted here-document the shell replaces nothing."""
    content = shell(name, {}) if name.endswith(".sh") else (SCRIPTS / name).read_text()
    return f"put {FILES[name]}/{name} <<'{END_OF_FILE}'\n{content.replace('@region@', region)}{END_OF_FILE}"
