#!/usr/bin/env bash
# Builds for PLATFORM, tries, looks through and pushes the image of SERVICE to the repository IMAGES, by its version and by
# its commit. A version is one image for good: one that is there already, of the same source, is taken as it is, and gets no
# tag: ECR may sign with this build's rights what it pushes. What is in the image, and from where, is kept beside it.
# With CACHE, a name in a registry, layers are taken from there and kept there; that this fails is no reason to stop.
# With PART it is one platform's of several, and gets that tag alone: `delivery/github/join.sh` gives them the version.
# NAMED says whether what it leaves has the version, and BUILT whether this build made it.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
# An image of one platform is a manifest, and no index: what buildx adds by itself says nothing that is signed.
export BUILDX_NO_DEFAULT_ATTESTATIONS=1
out=build/delivery
mkdir -p "$out"
. delivery/registry.sh

# Docker's two stores have words of their own for an index that lacks the platform.
fetch() {
  local said
  if said=$(docker pull --quiet "$1" 2>&1); then return; fi
  echo "$said" >&2
  case "$said" in
  *"no matching manifest"* | *"no match for platform"*)
    echo "greenlight: $SERVICE $VERSION is there, and has no image for $PLATFORM: give a new version. Nothing was pushed" >&2
    ;;
  *)
    echo "greenlight: $SERVICE $VERSION is there, and could not be fetched, for the reason above. Nothing was pushed. Try" \
      "the job again" >&2
    ;;
  esac
  return 1
}

# Started as a color is, the container has to pass its own health check.
try() {
  local container health=starting
  container=$(docker run --detach --read-only --env ENVIRONMENT=blue --env VERSION="$VERSION" --env PORT=3000 \
    --env CART_TABLE=none --env AWS_REGION="${AWS_REGION:-us-east-1}" "$1")
  for _ in $(seq 1 60); do
    health=$(docker inspect --format '{{.State.Status}} {{.State.Health.Status}}' "$container")
    [ "$health" = "running starting" ] || break
    sleep 1
  done
  [ "$health" = "running healthy" ] || docker logs "$container" >&2
  docker rm --force "$container" >/dev/null
  if [ "$health" != "running healthy" ]; then
    echo "greenlight: the image of $SERVICE $VERSION is \"$health\"; allowed: \"running healthy\" within a minute." \
      "Nothing was pushed. Its own words are above" >&2
    return 1
  fi
}

refuse_other_source() {
  local built
  built=$(docker image inspect --format '{{index .Config.Labels "greenlight.source"}}' "$1")
  if [ -n "$built" ] && [ "$built" != "$tree" ]; then
    echo "greenlight: $SERVICE $VERSION is an image already, built from other source ($built, here $tree): give this" \
      "source a version of its own. Nothing was pushed" >&2
    return 1
  fi
  [ -n "$built" ] || echo "greenlight: $SERVICE $VERSION was not built by this pipeline: it is taken as it is"
}

list_contents() {
  docker save --output "$out/image.tar" "$1"
  greenlight pipeline sbom "$SERVICE" "$out/image.tar" --into "$out/sbom.json"
}

greenlight pipeline service "$SERVICE" --into "$out/service.env"
. "$out/service.env" # VERSION and FOLDER
commit=$(git rev-parse HEAD)
tree=$(git rev-parse "HEAD:$FOLDER")
image="$IMAGES:$VERSION"
marked="$IMAGES:git-$commit"
part=${PART:+"$IMAGES:$PART"}

password=$(aws ecr get-login-password)
docker login --username AWS --password-stdin "${IMAGES%%/*}" <<<"$password"
kept=()
if [ -n "${CACHE:-}" ]; then
  kept=(--cache-from "type=registry,ref=$CACHE" --cache-to
    "type=registry,ref=$CACHE,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true")
fi
built_here=()
named=yes
built=no
there=$(named_by "$VERSION")
there_by_commit=$(named_by "git-$commit")
if [ "$there" != ImageNotFound ]; then
  fetch "$image"
  refuse_other_source "$image"
  list_contents "$image"
else
  image=${part:-$image}
  docker build ${kept[@]+"${kept[@]}"} --platform "$PLATFORM" --label "greenlight.source=$tree" \
    --label "org.opencontainers.image.revision=$commit" --label "org.opencontainers.image.version=$VERSION" \
    --tag "$image" "$FOLDER"
  try "$image"
  list_contents "$image"
  greenlight pipeline inspect "$SERVICE" "$out/image.tar" --platform "$PLATFORM"
  docker push "$image"
  if [ -n "$part" ]; then
    named=no
  elif [ "$there_by_commit" = ImageNotFound ]; then
    docker tag "$image" "$marked"
    docker push "$marked"
  fi
  built_here=(--built-from "$commit")
  built=yes
fi
digest=$(docker image inspect --format '{{index .RepoDigests 0}}' "$image")
greenlight pipeline attach "$SERVICE" "${digest##*@}" --sbom "$out/sbom.json" --platform "$PLATFORM" \
  ${built_here[@]+"${built_here[@]}"}
printf 'export %s=%q\n' VERSION "$VERSION" DIGEST "${digest##*@}" NAMED "$named" BUILT "$built" >"$out/image.env"
echo "${image##*/} is ${digest##*@}"
