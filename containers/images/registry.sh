#!/usr/bin/env bash
# A container registry of one's own on this machine, out of Debian's docker-registry: for tests, and to try push and pull.
#
#   containers/images/registry.sh start      prints its address, 127.0.0.1:5005 ($PORT says another port)
#   containers/images/registry.sh stop
#
# It listens on this machine alone, without TLS or passwords: not for the network. Its images lie in $FETTLE_ENGINES/registry.
set -euo pipefail

dir=$(realpath -m "${FETTLE_ENGINES:-/var/lib/fettle-engines}/registry")
address=127.0.0.1:${PORT:-5005}

main() {
  case ${1:-} in
    start) start ;;
    stop) stop ;;
    *) fail "usage: registry.sh start | stop" ;;
  esac
}

start() {
  command -v docker-registry >/dev/null || {
    apt-get -o DPkg::Lock::Timeout=300 -qq update </dev/null
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq install --yes --no-install-recommends docker-registry </dev/null >/dev/null
  }
  mkdir -p "$dir/data"
  if ! is_alive; then
    cat >"$dir/config.yml" <<END
version: 0.1
storage:
  filesystem: { rootdirectory: $dir/data }
  delete: { enabled: true }
http: { addr: $address }
END
    setsid docker-registry serve "$dir/config.yml" >"$dir/log" 2>&1 </dev/null &
    echo $! >"$dir/pid"
  fi
  for _ in $(seq 100); do
    is_alive || fail "the registry does not start: $(tail -3 "$dir/log")"
    (exec 3<>"/dev/tcp/${address%:*}/${address#*:}") 2>/dev/null && echo "$address" && return
    sleep 0.1
  done
  fail "the registry does not answer on $address"
}

stop() {
  is_alive || return 0
  local pid
  pid=$(cat "$dir/pid")
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  rm -f "$dir/pid"
}

is_alive() {
  [ -s "$dir/pid" ] && kill -0 "$(cat "$dir/pid")" 2>/dev/null
}

fail() {
  echo "registry.sh: $*" >&2
  exit 1
}

main "$@"
