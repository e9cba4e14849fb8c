#!/usr/bin/env bash
# Shows what a deploy of this commit would change of the templates that are deployed, whatever releases it knows of.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/.venv/bin:$PWD/.venv/node/bin:$PATH"

greenlight record
stage=()
if [ -n "${GREENLIGHT_STAGE:-}" ]; then
  stage=(--context "stage=$GREENLIGHT_STAGE")
fi
node_modules/.bin/cdk diff --method template --no-notices ${stage[@]+"${stage[@]}"}
