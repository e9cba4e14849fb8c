#!/usr/bin/env bash
# Plans a release of each of SERVICES, a JSON list, for the reviewer to read, and hands the plans on. Changes nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."

plans='[]'
for SERVICE in $(jq --raw-output '.[]' <<<"$SERVICES"); do
  export SERVICE
  if ! said=$(bash delivery/plan.sh); then
    echo "$said"
    exit 1
  fi
  echo "$said"
  printf '```text\n%s\n```\n' "${said//\`/}" >>"$GITHUB_STEP_SUMMARY"
  . build/delivery/plan.env # VERSION, DIGEST, COLOR, LIVE and COMMIT
  plans=$(jq --compact-output --arg service "$SERVICE" --arg version "$VERSION" --arg digest "$DIGEST" \
    --arg live "$LIVE" '. + [{service: $service, version: $version, digest: $digest, live: $live}]' <<<"$plans")
done
printf 'plans=%s\n' "$plans" >>"$GITHUB_OUTPUT"
