#!/usr/bin/env bash
# Hands on the names of the services in cdk.json, the platform of their images, and a runner that has it: production's, or
# those of GREENLIGHT_STAGE.
set -euo pipefail
cd "$(dirname "$0")/../.."

stage=${GREENLIGHT_STAGE:-}
own=$(jq --compact-output --arg stage "$stage" '.context | if $stage == "" then . else .stages[$stage] end' cdk.json)
if [ "$own" = null ]; then
  known=$(jq --raw-output '.context.stages // {} | keys | join(", ")' cdk.json)
  echo "greenlight: GREENLIGHT_STAGE: got '$stage'; allowed: a stage of cdk.json (${known:-there is none}), or nothing for" \
    "production" >&2
  exit 1
fi
names=$(jq --compact-output '.services | keys_unsorted' <<<"$own")
platform=$(jq --raw-output --argjson own "$own" '$own.image_platform // .context.image_platform // "linux/amd64"' cdk.json)
case "$platform" in
linux/amd64) runner=ubuntu-24.04 ;;
linux/arm64) runner=ubuntu-24.04-arm ;;
*)
  echo "greenlight: image_platform: got '$platform'; allowed: linux/amd64 or linux/arm64" >&2
  exit 1
  ;;
esac
printf 'names=%s\nplatform=%s\nrunner=%s\n' "$names" "$platform" "$runner" >>"$GITHUB_OUTPUT"
