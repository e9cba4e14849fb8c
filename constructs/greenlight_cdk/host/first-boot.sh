# Runs once, as user data: installs docker. The document starts the colors.
#
# `registry` is set by a line that the template puts before these. Nothing here names a version or a service, and
# nothing that is fetched is run: user data that changed would replace the host, and both colors with it.
set -euo pipefail
export HOME="${HOME:-/root}"

for _ in {1..10}; do
  if dnf install -y docker amazon-ecr-credential-helper; then break; fi
  sleep 6
done
mkdir -p "$HOME/.docker"
echo "{\"credHelpers\": {\"$registry\": \"ecr-login\"}}" >"$HOME/.docker/config.json"
systemctl enable --now docker
