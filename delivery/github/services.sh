#!/usr/bin/env bash
# Hands on the names of the services in cdk.json, the platforms of their images, and each image to be built with a runner
# that has its platform: production's, or those of GREENLIGHT_STAGE.
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
platforms=$(jq --compact-output --argjson own "$own" '
  ($own.image_platform // .context.image_platform // "linux/amd64") as $runs
  | ($own.build_platforms // .context.build_platforms // [])
  | if type == "array" then . elif startswith("[") then fromjson else gsub(" "; "") | split(",") end
  | if . == [] then [$runs] else . end' cdk.json)
images=$(jq --compact-output --argjson platforms "$platforms" '
  {"linux/amd64": "ubuntu-24.04", "linux/arm64": "ubuntu-24.04-arm"} as $runners
  | [.[] as $service | $platforms[] | {service: $service, platform: ., runner: $runners[.]}
  | .architecture = (.platform | sub("^linux/"; ""))]' <<<"$names")
if ! jq --exit-status 'all(.runner)' <<<"$images" >/dev/null; then
  echo "greenlight: image_platform, build_platforms: got $platforms; allowed: linux/amd64 and linux/arm64" >&2
  exit 1
fi
printf 'names=%s\nplatforms=%s\nimages=%s\n' "$names" "$platforms" "$images" >>"$GITHUB_OUTPUT"
