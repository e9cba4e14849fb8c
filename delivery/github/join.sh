#!/usr/bin/env bash
# Gives the version of SERVICE to the images that this run built for PLATFORMS, a JSON list: an index names one for each. A
# version that has its image already, or is of one platform, has nothing to be joined. Hands on name and digest, and whether
# this run built all of it: what it took as it was is not its own to attest.
set -euo pipefail
cd "$(dirname "$0")/../.."
. delivery/registry.sh

join() {
  local commit there tags=(--tag "$IMAGES:$VERSION")
  commit=$(git rev-parse HEAD)
  aws ecr get-login-password | docker login --username AWS --password-stdin "${IMAGES%%/*}"
  there=$(named_by "git-$commit")
  if [ "$there" = ImageNotFound ]; then
    tags+=(--tag "$IMAGES:git-$commit")
  fi
  docker buildx imagetools create "${tags[@]}" "${parts[@]}"
  DIGEST=$(docker buildx imagetools inspect --format '{{json .Manifest}}' "$IMAGES:$VERSION" | jq --raw-output .digest)
}

parts=()
named=()
built=yes
for platform in $(jq --raw-output '.[]' <<<"$PLATFORMS"); do
  told="build/delivery/image-$SERVICE-${platform#linux/}.env"
  if [ ! -f "$told" ]; then
    echo "greenlight: the image of $SERVICE for $platform is missing: what its job hands on is kept for a day. Run all" \
      "jobs again" >&2
    exit 1
  fi
  . "$told" # VERSION, DIGEST, NAMED, BUILT and IMAGES
  parts+=("$IMAGES@$DIGEST")
  named+=("$NAMED")
  [ "$BUILT" = yes ] || built=no
done

case " ${named[*]} " in
*yes*no* | *no*yes*)
  echo "greenlight: somebody pushed $SERVICE $VERSION while this run built it: run all jobs again, and they take that" \
    "image if it is of the same source" >&2
  exit 1
  ;;
*no*) join ;;
esac
printf 'name=%s\ndigest=%s\nbuilt=%s\n' "$IMAGES" "$DIGEST" "$built" >>"$GITHUB_OUTPUT"
echo "$SERVICE $VERSION is $DIGEST: ${parts[*]##*@}"
