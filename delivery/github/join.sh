#!/usr/bin/env bash
# Gives the version of SERVICE to the images that this run built for PLATFORMS, a JSON list: an index names one for each. A
# version that has its image already, or is of one platform, has nothing to be joined. Hands on name and digest.
set -euo pipefail
cd "$(dirname "$0")/../.."

join() {
  local commit marked tags=(--tag "$IMAGES:$VERSION")
  commit=$(git rev-parse HEAD)
  marked="$IMAGES:git-$commit"
  aws ecr get-login-password | docker login --username AWS --password-stdin "${IMAGES%%/*}"
  if ! docker buildx imagetools inspect "$marked" >/dev/null; then
    tags+=(--tag "$marked")
  fi
  docker buildx imagetools create "${tags[@]}" "${parts[@]}"
  DIGEST=$(docker buildx imagetools inspect --format '{{json .Manifest}}' "$IMAGES:$VERSION" | jq --raw-output .digest)
}

parts=()
named=()
for platform in $(jq --raw-output '.[]' <<<"$PLATFORMS"); do
  told="build/delivery/image-$SERVICE-${platform#linux/}.env"
  if [ ! -f "$told" ]; then
    echo "greenlight: the image of $SERVICE for $platform is missing: what its job hands on is kept for a day. Run all" \
      "jobs again" >&2
    exit 1
  fi
  . "$told" # VERSION, DIGEST, NAMED and IMAGES
  parts+=("$IMAGES@$DIGEST")
  named+=("$NAMED")
done

case " ${named[*]} " in
*yes*no* | *no*yes*)
  echo "greenlight: somebody pushed $SERVICE $VERSION while this run built it: run all jobs again, and they take that" \
    "image if it is of the same source" >&2
  exit 1
  ;;
*no*) join ;;
esac
printf 'name=%s\ndigest=%s\n' "$IMAGES" "$DIGEST" >>"$GITHUB_OUTPUT"
echo "$SERVICE $VERSION is $DIGEST: ${parts[*]##*@}"
