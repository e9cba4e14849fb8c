#!/usr/bin/env bash
# Says what a release of SERVICE would do, and hands on VERSION, DIGEST, COLOR, LIVE and COMMIT. Changes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PWD/.venv/node/bin:$PATH"
out=build/delivery
mkdir -p "$out"

greenlight pipeline plan "$SERVICE" --into "$out/plan.env"
# Permissions and replacements in full, for whoever approves; templates are read with this build's own rights.
node_modules/.bin/cdk diff --app "build/cdk.out/${GREENLIGHT_STAGE:-release}" --method template --no-notices ||
  {
    echo "greenlight: the templates could not be compared, for the reason above: nobody is asked to approve what" \
      "nobody can read. Nothing was changed. Try the stage again" >&2
    exit 1
  }
printf 'export COMMIT=%q\n' "$(git rev-parse HEAD)" >>"$out/plan.env"
