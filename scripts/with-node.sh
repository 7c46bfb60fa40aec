#!/bin/sh
# Runs a command with this repository's Node (where it brought one) and its packages' programs first on PATH.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
PATH="$root/tools/node/node_modules/.bin:$root/node_modules/.bin:$PATH"
export PATH
exec "$@"
