#!/usr/bin/env bash
# Plans a release of each of SERVICES, a JSON list, for the reviewer to read, and hands the plans on. Changes nothing. GitHub
# drops the whole summary of a step above 1024 KiB, so each plan has its share of that, and says so when it is cut.
set -euo pipefail
cd "$(dirname "$0")/../.."

show() {
  local room=$((1000000 / $(jq length <<<"$SERVICES"))) shown=${1//\`/}
  if [ "$(wc -c <<<"$shown")" -gt "$room" ]; then
    printf '**The plan of %s is cut**: it is larger than a summary may be.' "$SERVICE"
    printf ' The whole is in the log of the job `plan`: read it there before you approve.\n\n'
    shown=$(head -c "$room" <<<"$shown" | sed '$d')
  fi
  printf '```text\n%s\n```\n' "$shown"
}

plans='[]'
for SERVICE in $(jq --raw-output '.[]' <<<"$SERVICES"); do
  export SERVICE
  if ! said=$(bash delivery/plan.sh); then
    echo "$said"
    exit 1
  fi
  echo "$said"
  show "$said" >>"$GITHUB_STEP_SUMMARY"
  . build/delivery/plan.env # VERSION, DIGEST, COLOR, LIVE and COMMIT
  plans=$(jq --compact-output --arg service "$SERVICE" --arg version "$VERSION" --arg digest "$DIGEST" \
    --arg live "$LIVE" '. + [{service: $service, version: $version, digest: $digest, live: $live}]' <<<"$plans")
done
printf 'plans=%s\n' "$plans" >>"$GITHUB_OUTPUT"
