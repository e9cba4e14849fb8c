# Runs as root before docker starts, at each boot: what containers may reach of the host, and of each other.
#
# Docker keeps every rule of the chain DOCKER-USER, and looks there first for whatever passes between a container and
# anything else (docs.docker.com/engine/network/packet-filtering-firewalls). What is meant for the host itself passes
# INPUT. Docker names the interface of each network that was created `br-` and the start of its id.
set -euo pipefail
containers="br-+"
broker=169.254.170.2

empty() {
  iptables -w -N "$1" 2>/dev/null || iptables -w -F "$1"
}

first() {
  local command="$1"
  shift
  "$command" -w -C "$@" 2>/dev/null || "$command" -w -I "$@"
}

ip address replace "$broker/32" dev lo

# from a container to another one, by its published port too; and to the instance's metadata
empty DOCKER-USER
iptables -w -A DOCKER-USER -i "$containers" -o "$containers" -j DROP
iptables -w -A DOCKER-USER -i "$containers" -d 169.254.0.0/16 -j DROP

# from a container to the host: answers, and requests for credentials
empty GREENLIGHT
iptables -w -A GREENLIGHT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
iptables -w -A GREENLIGHT -d "$broker" -p tcp --dport 80 -j ACCEPT
iptables -w -A GREENLIGHT -j DROP
first iptables INPUT -i "$containers" -j GREENLIGHT

# the networks have no IPv6, but their interfaces may
first ip6tables INPUT -i "$containers" -j DROP
first ip6tables FORWARD -i "$containers" -j DROP
