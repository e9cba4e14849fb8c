#!/usr/bin/env bash
# Writes what is live into cdk.json of BRANCH, and pushes that, never by force. It ends well whatever happens: a release
# stands without its record, and the next run takes the facts from the journal too. RECORDED says how it went.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
out=build/delivery
mkdir -p "$out"

# On the newest commit, of which only cdk.json is taken: the code that runs stays that of the release.
record_once() {
  git fetch --quiet origin "$BRANCH" &&
    git reset --quiet FETCH_HEAD &&
    git checkout --quiet FETCH_HEAD -- cdk.json &&
    greenlight record &&
    push_if_changed
}

push_if_changed() {
  if git diff --quiet HEAD -- cdk.json; then
    return 0
  fi
  git -c user.name=Greenlight -c user.email=greenlight@invalid commit --quiet --only cdk.json \
    --message "Record what is live" &&
    git push --quiet origin "HEAD:refs/heads/$BRANCH"
}

recorded=no
for pause in 2 5 10; do
  if record_once; then
    recorded=yes
    break
  fi
  sleep "${RECORD_PAUSE:-$pause}"
done
printf 'export RECORDED=%q\n' "$recorded" >"$out/record.env"
if [ "$recorded" = no ]; then
  echo "greenlight: WARNING: the release stands, but what is live could not be written into cdk.json of $BRANCH; the" \
    "reason is above. Run \`greenlight record\` in a clone and commit that, or leave it to the next run" >&2
fi
