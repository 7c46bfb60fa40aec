#!/usr/bin/env bash
# Brings container engines to a bare Debian or Ubuntu machine and starts them, without systemd and without touching /etc.
#
#   eval "$(containers/images/setup-engines.sh podman docker)"     sets up and starts; the shell then finds both
#   containers/images/setup-engines.sh --stop                      ends the daemon that this script started
#
# What it keeps (images, sockets, settings) lies in $FETTLE_ENGINES, by default /var/lib/fettle-engines. Needs root. Run again, it
# changes nothing. Only Debian's own packages are installed. Progress goes to standard error, `export` lines to standard output.
set -euo pipefail

dir=$(realpath -m "${FETTLE_ENGINES:-/var/lib/fettle-engines}")
socket="unix://$dir/docker.sock"

main() {
  local names=() name
  for name in "$@"; do
    case $name in
      podman | docker) names+=("$name") ;;
      --stop) stop_docker && return ;;
      *) fail "usage: setup-engines.sh [podman] [docker] | --stop" ;;
    esac
  done
  [ ${#names[@]} -gt 0 ] || names=(podman docker)
  [ "$(id -u)" = 0 ] || fail "setting up engines needs root; an engine that is there already needs no set-up"
  mkdir -p "$dir"
  for name in "${names[@]}"; do "setup_$name" >&2; done
  for name in "${names[@]}"; do "exports_$name"; done
}

setup_podman() {
  packages podman:podman runc:runc conmon:conmon newuidmap:uidmap slirp4netns:slirp4netns
  cat >"$dir/storage.conf" <<END
[storage]
driver = "overlay"
graphroot = "$dir/podman"
runroot = "$dir/podman-run"
END
  # Podman raises both limits by itself, which root may not do without CAP_SYS_RESOURCE: it is given what this shell has.
  cat >"$dir/containers.conf" <<END
[containers]
default_ulimits = ["nofile=$(most_of n 1048576)", "nproc=$(most_of u 4096)"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
END
  eval "$(exports_podman)"
  podman info >/dev/null || fail "podman does not work here"
  echo "podman $(podman version --format '{{.Client.Version}}') works"
}

exports_podman() {
  echo "export CONTAINERS_STORAGE_CONF=$dir/storage.conf CONTAINERS_CONF=$dir/containers.conf"
}

setup_docker() {
  packages dockerd:docker.io iptables:iptables
  eval "$(exports_docker)"
  local daemon
  if is_alive; then
    daemon=$(cat "$dir/docker.pid")
  else
    rm -f "$dir/docker.pid"
    # A session of its own, so that a Ctrl-C in this terminal does not end it.
    setsid dockerd --data-root "$dir/docker" --exec-root "$dir/docker-run" --pidfile "$dir/docker.pid" --host "$socket" \
      >"$dir/docker.log" 2>&1 </dev/null &
    daemon=$!
  fi
  for _ in $(seq 600); do
    docker version >/dev/null 2>&1 && break
    lives "$daemon" || break # it gave up
    sleep 0.1
  done
  local version
  version=$(docker version --format '{{.Server.Version}}') || fail "dockerd does not answer: $(tail -5 "$dir/docker.log")"
  echo "docker $version works"
}

exports_docker() {
  echo "export DOCKER_HOST=$socket"
}

stop_docker() {
  is_alive || return 0
  local pid
  pid=$(cat "$dir/docker.pid")
  kill "$pid"
  for _ in $(seq 300); do
    lives "$pid" || return 0
    sleep 0.1
  done
  fail "dockerd (process $pid) does not end"
}

is_alive() {
  [ -s "$dir/docker.pid" ] && lives "$(cat "$dir/docker.pid")"
}

# lives PID: one that has ended and that nobody waits for yet does not.
lives() {
  grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$1/status"
}

# packages PROGRAM:PACKAGE...: installs the packages whose program is not there.
packages() {
  local wanted=() pair
  for pair in "$@"; do command -v "${pair%%:*}" >/dev/null || wanted+=("${pair#*:}"); done
  [ ${#wanted[@]} -gt 0 ] || return 0
  echo "installing ${wanted[*]}"
  local apt=(apt-get -o DPkg::Lock::Timeout=300 -qq)
  "${apt[@]}" update </dev/null
  DEBIAN_FRONTEND=noninteractive "${apt[@]}" install --yes --no-install-recommends "${wanted[@]}" </dev/null >/dev/null
}

# most_of LETTER MOST: soft:hard for default_ulimits, at most MOST.
most_of() {
  local hard
  hard=$(ulimit "-H$1")
  if [ "$hard" = unlimited ] || [ "$hard" -gt "$2" ]; then hard=$2; fi
  echo "$hard:$hard"
}

fail() {
  echo "setup-engines.sh: $*" >&2
  exit 1
}

main "$@"
