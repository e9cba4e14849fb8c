# Runs once, as user data: installs docker, then starts the declared images of all colors.
#
# `region`, `registry` and `script_parameter` are set by the lines that the template puts before these. Nothing
# here names a version or a service: user data that changed would replace the host, and both colors with it.
set -euo pipefail
export HOME="${HOME:-/root}"

for _ in {1..10}; do
  if dnf install -y docker amazon-ecr-credential-helper; then break; fi
  sleep 6
done
mkdir -p "$HOME/.docker"
echo "{\"credHelpers\": {\"$registry\": \"ecr-login\"}}" >"$HOME/.docker/config.json"
systemctl enable --now docker
script="$(mktemp)"
trap 'rm -f "$script"' EXIT
aws ssm get-parameter --name "$script_parameter" --query Parameter.Value --output text --region "$region" >"$script"
bash "$script" boot
