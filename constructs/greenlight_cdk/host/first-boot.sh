# Runs once, as user data: installs docker, and what stands between containers and the host. The document starts the
# colors.
#
# `registry` and `renewed_at` are set by lines that the template puts before these, `put_files` by lines that write the
# files of this folder. Nothing here names a version or a service, and nothing that is fetched is run: user data that changed would
# replace the host, and both colors with it.
set -euo pipefail
export HOME="${HOME:-/root}"
umask 022
echo "greenlight: a host that was renewed at: $renewed_at"

for _ in {1..10}; do
  if dnf install -y docker amazon-ecr-credential-helper; then break; fi
  sleep 6
done
mkdir -p "$HOME/.docker"
echo "{\"credHelpers\": {\"$registry\": \"ecr-login\"}}" >"$HOME/.docker/config.json"

put() {
  mkdir -p "$(dirname "${GREENLIGHT_ROOT:-}$1")"
  cat >"${GREENLIGHT_ROOT:-}$1"
}

put_files
mkdir -p "${GREENLIGHT_ROOT:-}/var/lib/greenlight/colors"
mkdir -p -m 0700 "${GREENLIGHT_ROOT:-}/var/lib/greenlight/tokens"
systemctl daemon-reload
systemctl enable --now greenlight-fence.service
systemctl enable --now greenlight-credentials.socket greenlight-credentials.service
systemctl enable --now docker
