#!/usr/bin/env bash
# Releases each of PLANS, one after the other; the first that fails ends it.
set -euo pipefail
cd "$(dirname "$0")/../.."

# GitHub leaves an output empty in which it sees a secret's value: nothing released must not look like a release.
count=$(jq length <<<"$PLANS")
if [ "${count:-0}" -eq 0 ]; then
  echo "greenlight: PLANS: got '$PLANS'; allowed: a list of plans, as the job \`plan\` hands it on. Nothing was" \
    "released" >&2
  exit 1
fi
for ((number = 0; number < count; number++)); do
  SERVICE=$(jq --raw-output ".[$number].service" <<<"$PLANS")
  VERSION=$(jq --raw-output ".[$number].version" <<<"$PLANS")
  DIGEST=$(jq --raw-output ".[$number].digest" <<<"$PLANS")
  LIVE=$(jq --raw-output ".[$number].live" <<<"$PLANS")
  export SERVICE VERSION DIGEST LIVE
  bash delivery/release.sh
done
