# run-color.sh <service> <color> <image>     makes one color run one image, and touches no other
# run-color.sh <service> <color> <image> prepare
#     pulls the image and says whether it runs already; changes no container
#
# `services` (one line each: name, blue port, green port, CPUs, MiB, user), `variables` (one line for each table of a
# service: the service, the variable and the table), `secrets` (likewise, with a secret's ARN), `roles` (one line for
# each color: its name and its role), `region`, `parameters`, `log_group`, `container_port`, `drain_seconds` and `tmpfs`
# are set by the lines that the template puts before these.
set -euo pipefail
export HOME="${HOME:-/root}"
turn="$HOME/.greenlight-turn"
state="${GREENLIGHT_ROOT:-}/var/lib/greenlight"
mounted_token=/run/greenlight/token
given=()

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

# By its digest, so that whoever moves the tag after the version guard has looked changes nothing. Docker compares what it
# gets with the digest. What an earlier Greenlight started has none.
pull() {
  if holds; then return; fi
  docker pull --quiet "$exact" >/dev/null ||
    fail "cannot pull $image: was it deleted after the version guard had seen it? No container was touched"
  holds || fail "docker pulled $exact, and does not hold it: the registry gave it another image"
}

holds() {
  docker image inspect "$exact" >/dev/null 2>&1
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
  local found
  for _ in {1..5}; do
    found="$(declared)"
    if [ "$found" = "$image" ]; then return; fi
    sleep 2
  done
  fail "$name is declared to run another image than $image by now: the parameter $parameters/$service/$color says" \
    "$found. If no deploy wrote that, put $image back into it"
}

# What the broker reads is there as a whole or not at all. The broker is a user of its own.
tell_broker() {
  (umask 022 && cat >"$state/colors/.$1")
  mv "$state/colors/.$1" "$state/colors/$1"
}

offer_role() {
  sed -n "s/^$name //p" <<<"$roles" | tell_broker "$name.role"
}

# Each container gets a token of its own, which is for its user alone, and on the host for nobody else but root. Docker
# mounts the same file again after a reboot. The broker learns the token's hash.
give_token() {
  rm -f "$token"
  (umask 077 && od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$token")
  chown "$user" "$token"
  sha256sum <"$token" | cut -d ' ' -f 1 | tell_broker "$name.token"
}

# A secret is in the memory of this shell, of its children and of the container. Docker takes it by its name, so that no
# command line, no log and no file of ours has it.
read_secrets() {
  local variable secret value
  for each in "${hidden[@]}"; do
    variable="${each%% *}" secret="${each#* }"
    value="$(aws secretsmanager get-secret-value --secret-id "$secret" --query SecretString --output text --region "$region")" ||
      fail "cannot read $secret, which $name gets as $variable: is it there, and may the host's role read it? No" \
        "container was touched"
    export "$variable=$value"
    given+=(--env "$variable")
  done
}

make_network() {
  docker network inspect "$name" >/dev/null 2>&1 || docker network create "$name" >/dev/null ||
    fail "docker could not make the network $name"
}

replace() {
  read_secrets
  if docker container inspect "$name" >/dev/null 2>&1; then
    docker stop -t 30 "$name" >/dev/null
    docker rm "$name" >/dev/null
  fi
  make_network
  give_token
  docker run --detach --name "$name" --label "greenlight=$spec" --restart unless-stopped \
    --memory "${memory}m" --cpus "$cpus" --pids-limit 512 --read-only --tmpfs "$tmpfs" \
    --cap-drop ALL --security-opt no-new-privileges --user "$user" \
    --network "$name" --publish "$port:$container_port" \
    --mount "type=bind,source=$token,target=$mounted_token,readonly" \
    --log-driver awslogs --log-opt "awslogs-region=$region" --log-opt "awslogs-group=$log_group" \
    --log-opt "awslogs-stream=$service/$color/$version" --log-opt mode=non-blocking \
    --env "ENVIRONMENT=$color" --env "VERSION=$version" --env "PORT=$container_port" \
    --env "AWS_REGION=$region" \
    --env AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.2/credentials \
    --env "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=$mounted_token" \
    --env "DRAIN_SECONDS=$drain_seconds" "${given[@]}" "$exact" >/dev/null ||
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
  name="$service-$color" tagged="${image%@*}" exact="$image"
  version="${tagged##*:}"
  [ "$tagged" = "$image" ] || exact="${tagged%:*}@${image##*@}"
  read -r blue green cpus memory user <<<"$(sed -n "s/^$service //p" <<<"$services")"
  case "$color" in
    blue) port="$blue" ;;
    green) port="$green" ;;
    *) fail "color: got $color; allowed: blue, green" ;;
  esac
  [ -n "$port" ] || fail "service: got $service; allowed: $(sed 's/ .*//' <<<"$services" | xargs)"
  mapfile -t own < <(sed -n "s/^$service //p" <<<"$variables")
  for each in "${own[@]}"; do given+=(--env "$each"); done
  mapfile -t hidden < <(sed -n "s/^$service //p" <<<"$secrets")
  declared=("${own[@]}" "${hidden[@]}")
  spec="$name,$image,$port,$container_port,$cpus,$memory,$user,${declared[*]},$drain_seconds"
  token="$state/tokens/$name"
  wait_for_docker
  take_turn
  if runs "$spec"; then
    echo "greenlight: $name runs $image already"
    return
  fi
  [ "$step" = run ] || require_declared
  offer_role
  pull
  if [ "$step" != run ]; then return; fi
  replace
  wait_until_it_runs
  docker image prune --all --force >/dev/null || true
  echo "greenlight: $name runs $image"
}

run_color "$@"
