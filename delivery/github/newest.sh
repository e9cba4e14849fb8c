#!/usr/bin/env bash
# Refuses to run a job again (ATTEMPT above 1) once BRANCH has other code or settings: it would deploy what is older than
# what is there. What a record has written into cdk.json is neither.
set -euo pipefail
cd "$(dirname "$0")/../.."

settings() {
  git show "$1:cdk.json" |
    jq --sort-keys 'del(.. | objects | .blue_version, .green_version, .active_color, .attempt, .host_renewed_at)'
}

is_newest() {
  local here there
  git diff --quiet HEAD "origin/$BRANCH" -- . ':(exclude)cdk.json' || return 1
  here=$(settings HEAD) && there=$(settings "origin/$BRANCH") && [ "$here" = "$there" ]
}

if [ "$ATTEMPT" -eq 1 ] || is_newest; then exit 0; fi
echo "greenlight: this run is of the commit $(git rev-parse --short=12 HEAD), and $BRANCH has other code or settings by" \
  "now ($(git rev-parse --short=12 "origin/$BRANCH")): to try it again would deploy the older one. Nothing was done. Push a" \
  "new commit, or run the newest one's workflow again" >&2
exit 1
