#!/usr/bin/env bash
# Makes a base image for toolchains out of Debian's packages alone, without any container registry, and imports it into the engines.
#
#   containers/images/make-base.sh [podman] [docker]      by default into every engine that answers
#   FETTLE_BASE_IMAGE=localhost/fettle-base:1 fettle images build
#
# Equal packages give equal bytes, so the base stands for the same in the identity of every image made from it, on whatever machine. The
# archive is kept as $BASE_TAR, by default ~/.cache/fettle/base.tar, and used again; delete it to take newer packages. MIRROR names another
# Debian mirror.
# Needs mmdebstrap, which root installs by the way where apt is there; without root also uidmap, as rootless podman does.
set -euo pipefail

name=localhost/fettle-base:1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/fettle
tar=$(realpath -m "${BASE_TAR:-${FETTLE_ENGINES:-$cache}/base.tar}")

main() {
  local engines=("$@") engine
  if [ ${#engines[@]} = 0 ]; then
    for engine in podman docker; do "$engine" info >/dev/null 2>&1 && engines+=("$engine"); done
  fi
  [ ${#engines[@]} -gt 0 ] || fail "no container engine answers here"
  [ -s "$tar" ] || make_tar
  local digest
  digest=sha256:$(sha256sum "$tar" | cut -d ' ' -f 1)
  for engine in "${engines[@]}"; do import_into "$engine" "$digest"; done
}

make_tar() {
  command -v mmdebstrap >/dev/null || {
    [ "$(id -u)" = 0 ] || fail "mmdebstrap is not installed: sudo apt-get install mmdebstrap uidmap"
    apt-get -o DPkg::Lock::Timeout=300 -qq update </dev/null
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq install --yes --no-install-recommends mmdebstrap </dev/null >/dev/null
  }
  mkdir -p "$(dirname "$tar")"
  # Later times of change are set back to this one.
  export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1700000000}
  # python3-venv brings pip along; licences stay, since the image may be handed on.
  mmdebstrap --mode=auto --format=tar --variant=minbase --include=python3,python3-venv,ca-certificates,libgomp1 \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    bookworm "$tar.part" ${MIRROR:+"$MIRROR"}
  mv "$tar.part" "$tar"
}

import_into() {
  local engine=$1 digest=$2
  if [ "$("$engine" image inspect --format '{{index .Config.Labels "dev.fettle.archive"}}' "$name" 2>/dev/null)" = "$digest" ]; then
    echo "$name is in $engine already: $digest"
    return
  fi
  "$engine" import --change 'CMD ["/bin/sh"]' --change "LABEL dev.fettle.archive=$digest" \
    --change 'LABEL org.opencontainers.image.title="Debian 12 with Python, for Fettle"' "$tar" "$name" >/dev/null
  echo "imported $name into $engine: $digest"
}

fail() {
  echo "make-base.sh: $*" >&2
  exit 1
}

main "$@"
