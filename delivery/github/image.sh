#!/usr/bin/env bash
# Builds and pushes the image of SERVICE as `delivery/image.sh` does, and hands on its name and digest.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/.venv/bin:$PATH"

mkdir -p build/delivery
greenlight pipeline service "$SERVICE" --into build/delivery/service.env
. build/delivery/service.env # REPOSITORY
account=$(aws sts get-caller-identity --query Account --output text)
domain=amazonaws.com
case "$AWS_REGION" in cn-*) domain=amazonaws.com.cn ;; esac
IMAGES="$account.dkr.ecr.$AWS_REGION.$domain/$REPOSITORY"
export IMAGES
bash delivery/image.sh
. build/delivery/image.env # VERSION and DIGEST
printf 'name=%s\ndigest=%s\n' "$IMAGES" "$DIGEST" >>"$GITHUB_OUTPUT"
