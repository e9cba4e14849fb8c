#!/usr/bin/env bash
# Lets Docker keep images as containerd does, without which its own builder keeps no cache in a registry (Docker's manual,
# "Cache storage backends"). Another builder would be an image of somebody else's that runs with root's rights.
set -euo pipefail

settings=${DOCKER_SETTINGS:-/etc/docker/daemon.json}
if docker info --format '{{.DriverStatus}}' | grep -q io.containerd.snapshotter; then
  exit 0
fi
now='{}'
if [ -f "$settings" ]; then now=$(<"$settings"); fi
jq '.features["containerd-snapshotter"] = true' <<<"$now" | sudo tee "$settings" >/dev/null
sudo systemctl restart docker
