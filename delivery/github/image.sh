#!/usr/bin/env bash
# Builds and pushes the image of SERVICE for PLATFORM as `delivery/image.sh` does: as a part where PLATFORMS, a JSON list, has
# several. What is built is kept for the next build where `build_cache` says so. Leaves a file for `join.sh`, which is told by
# nobody but this run's own jobs what they built.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/.venv/bin:$PATH"

mkdir -p build/delivery
greenlight pipeline service "$SERVICE" --into build/delivery/service.env
. build/delivery/service.env # REPOSITORY and CACHE_REPOSITORY
account=$(aws sts get-caller-identity --query Account --output text)
domain=amazonaws.com
case "$AWS_REGION" in cn-*) domain=amazonaws.com.cn ;; esac
registry="$account.dkr.ecr.$AWS_REGION.$domain"
export IMAGES="$registry/$REPOSITORY"
architecture=${PLATFORM#linux/}
if [ -n "$CACHE_REPOSITORY" ]; then
  if bash delivery/github/containerd.sh; then
    export CACHE="$registry/$CACHE_REPOSITORY:$architecture"
  else
    echo "::warning::Docker cannot keep a cache in a registry here, for the reason above: built without one"
  fi
fi
if [ "$(jq length <<<"$PLATFORMS")" -gt 1 ]; then
  # Each attempt's own, since a tag never moves.
  export PART="part-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT-$architecture"
fi
bash delivery/image.sh
printf 'export IMAGES=%q\n' "$IMAGES" | cat build/delivery/image.env - >"build/delivery/image-$SERVICE-$architecture.env"
