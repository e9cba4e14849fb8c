#!/usr/bin/env bash
# Releases VERSION of SERVICE, if it is still the image DIGEST, and what is live is still LIVE, as when this was planned.
# A release deploys what else the commit changes; where VERSION was live already there is none, and that is deployed by
# itself. Permissions are widened only where a person approved the plan (APPROVED is true).
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PWD/.venv/node/bin:$PATH"
project="${CODEBUILD_BUILD_ID:-GreenlightPipeline-Release:}" # such as GreenlightStagingPipeline-Release:ID
stack="${project%%-Release:*}"

: "${DIGEST:?greenlight: nothing was handed on in it, and it has to be what Plan found. Nothing was released. \
Deploy the stack of the pipeline anew: npx cdk deploy $stack --exclusively${GREENLIGHT_STAGE:+ -c stage=$GREENLIGHT_STAGE}}"

tell_where_it_stands() {
  echo "greenlight: what is live, and how the newest switch ended:" >&2
  greenlight status >&2 || true
}
trap tell_where_it_stands ERR

widen=()
if [ "${APPROVED:-false}" = true ]; then
  widen=(--allow-security-changes)
fi
# The commit may not know of releases that were made since: the facts of every service come from the journal, also where
# nothing of this one is live yet.
greenlight record --if-any
greenlight release "$VERSION" --service "$SERVICE" --yes --if-needed --expect-live "$LIVE" \
  --expect-image "$DIGEST" ${widen[@]+"${widen[@]}"}
if [ "${LIVE#* }" = "$VERSION" ]; then
  greenlight deploy --yes ${widen[@]+"${widen[@]}"}
fi
