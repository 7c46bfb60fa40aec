#!/bin/sh
# Makes this checkout ready to run: Node 24 where the machine's own is older, the locked packages, the compiled program.
# Each part is skipped when it is already as it should be. Prints what it does, so that a first run is not a silent one.
set -eu
cd "$(dirname "$0")/.."

# One setup at a time: a second one waits and then finds everything done.
if [ -z "${FETTLE_SETUP_LOCKED:-}" ]; then
  FETTLE_SETUP_LOCKED=1 exec flock .setup.lock "$0" "$@"
fi

say() { echo "setup: $*" >&2; }

# A stamp records for which lock file a folder was installed.
fresh() { # fresh STAMP FILE...
  stamp=$1
  shift
  [ -f "$stamp" ] && [ "$(cat "$@" | sha256sum)" = "$(cat "$stamp")" ]
}
mark() {
  stamp=$1
  shift
  cat "$@" | sha256sum > "$stamp"
}

major=$(node -p 'process.versions.node.split(".")[0]')
if [ "$major" -lt 24 ] && ! fresh tools/node/node_modules/.installed tools/node/package-lock.json; then
  say "bringing Node 24 from npm (this machine has Node $(node --version))"
  npm ci --prefix tools/node --no-audit --no-fund --loglevel=error >&2
  mark tools/node/node_modules/.installed tools/node/package-lock.json
fi

if ! fresh node_modules/.installed package-lock.json; then
  say "installing the locked packages"
  npm ci --no-audit --no-fund --loglevel=error >&2
  mark node_modules/.installed package-lock.json
fi

sources=$(find src package.json rolldown.config.ts package-lock.json -type f | LC_ALL=C sort)
if ! fresh lib/.built $sources; then
  say "compiling"
  scripts/with-node.sh rolldown -c --log-level warn > /dev/null
  # With the manifest, help and version are answered without loading any command.
  rm -f oclif.manifest.json
  scripts/with-node.sh oclif manifest > /dev/null
  mark lib/.built $sources
fi
