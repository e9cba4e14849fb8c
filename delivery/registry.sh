# Read by scripts that ask the registry for images of IMAGES.

# The digest of what a tag names, or ImageNotFound: ECR's own word, the one answer that means that there is none. Any other
# end stops whoever asks. A kind of manifest that is not asked for is translated, and has another digest.
named_by() {
  local said kind=application/vnd
  said=$(aws ecr batch-get-image --repository-name "${IMAGES#*/}" --image-ids "imageTag=$1" --accepted-media-types \
    "$kind.oci.image.index.v1+json" "$kind.docker.distribution.manifest.list.v2+json" \
    "$kind.oci.image.manifest.v1+json" "$kind.docker.distribution.manifest.v2+json" \
    --query 'failures[0].failureCode || images[0].imageId.imageDigest' --output text) || said="an error"
  case "$said" in
  sha256:* | ImageNotFound) echo "$said" ;;
  *)
    echo "greenlight: whether ${IMAGES#*/} has an image $1 could not be established: got $said; allowed: a digest or" \
      "ImageNotFound. Nothing was pushed. Try the job again" >&2
    return 1
    ;;
  esac
}
