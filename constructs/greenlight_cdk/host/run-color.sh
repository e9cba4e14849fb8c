# run-color.sh <service> <color> <image>     makes one color run one image, and touches no other
# run-color.sh <service> <color> <image> prepare
#     pulls the image and says whether it runs already; changes no container
#
# `services` (one line each: name, blue port, green port, CPUs, MiB), `region`, `log_group`, `table`,
# `container_port`, `drain_seconds` and `tmpfs` are set by the lines that the template puts before these.
set -euo pipefail
export HOME="${HOME:-/root}"
turn="$HOME/.greenlight-turn"

fail() {
  echo "greenlight: $*" >&2
  exit 1
}

# cloud-init may still be installing docker when the first command arrives
wait_for_docker() {
  for _ in {1..300}; do
    if docker ps >/dev/null 2>&1; then return; fi
    sleep 1
  done
  fail "docker does not answer after 300 s: look at /var/log/cloud-init-output.log on the host"
}

# One run at a time: the first boot and the first command meet. A link is made whole or not at all. A dead owner
# loses its turn, and so does one that holds it for 300 s: after a reboot another process may have its number.
take_turn() {
  for _ in {1..300}; do
    if ln -s $$ "$turn" 2>/dev/null; then break; fi
    kill -0 "$(readlink "$turn")" 2>/dev/null || rm -f "$turn"
    sleep 1
  done
  ln -sf $$ "$turn"
  trap 'rm -f "$turn"' EXIT
}

runs() {
  [ -n "$(docker ps --quiet --filter "label=greenlight=$1" --filter status=running)" ]
}

declared() {
  aws ssm get-parameter --name "$parameters/$service/$color" --query Parameter.Value --output text --region "$region"
}

# A request that comes late, after a newer one, must not bring back what it asked for. A parameter that was written a
# moment ago may be read as it was before.
require_declared() {
  for _ in {1..5}; do
    if [ "$(declared)" = "$image" ]; then return; fi
    sleep 2
  done
  fail "$name is declared to run another image than $image by now"
}

replace() {
  if docker container inspect "$name" >/dev/null 2>&1; then
    docker stop -t 30 "$name" >/dev/null
    docker rm "$name" >/dev/null
  fi
  docker run --detach --name "$name" --label "greenlight=$spec" --restart unless-stopped \
    --memory "${memory}m" --cpus "$cpus" --pids-limit 512 --read-only --tmpfs "$tmpfs" \
    --cap-drop ALL --security-opt no-new-privileges --publish "$port:$container_port" \
    --log-driver awslogs --log-opt "awslogs-region=$region" --log-opt "awslogs-group=$log_group" \
    --log-opt "awslogs-stream=$service/$color/$version" --log-opt mode=non-blocking \
    --env "ENVIRONMENT=$color" --env "VERSION=$version" --env "PORT=$container_port" \
    --env "CART_TABLE=$table" --env "AWS_REGION=$region" \
    --env "DRAIN_SECONDS=$drain_seconds" "$image" >/dev/null ||
    fail "docker could not start $name from $image"
}

wait_until_it_runs() {
  for _ in {1..30}; do
    if runs "$spec"; then return; fi
    sleep 1
  done
  fail "$name does not run 30 s after its start from $image: read its log stream $service/$color/$version"
}

run_color() {
  service="$1" color="$2" image="$3" step="${4:-run}"
  name="$service-$color" version="${image##*:}"
  read -r blue green cpus memory <<<"$(sed -n "s/^$service //p" <<<"$services")"
  case "$color" in
    blue) port="$blue" ;;
    green) port="$green" ;;
    *) fail "color: got $color; allowed: blue, green" ;;
  esac
  [ -n "$port" ] || fail "service: got $service; allowed: $(sed 's/ .*//' <<<"$services" | xargs)"
  spec="$name,$image,$port,$container_port,$cpus,$memory,$table,$drain_seconds"
  wait_for_docker
  take_turn
  if runs "$spec"; then
    echo "greenlight: $name runs $image already"
    return
  fi
  [ "$step" = run ] || require_declared
  docker image inspect "$image" >/dev/null 2>&1 || docker pull --quiet "$image" >/dev/null || fail "cannot pull $image"
  if [ "$step" != run ]; then return; fi
  replace
  wait_until_it_runs
  docker image prune --all --force >/dev/null || true
  echo "greenlight: $name runs $image"
}

run_color "$@"
