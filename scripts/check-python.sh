#!/bin/sh
# Lints, checks the formatting, type-checks and tests all Python of the repository: the workers, the example recipes' scripts and
# the tests of the protocol. The tools' environment is made by Fettle itself from tools/python/requirements.lock.
# JUNIT names a file for the tests' results.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
tools=$(scripts/with-node.sh node scripts/make-environment.mjs tools/python/requirements.lock)
PATH="$tools/bin:$PATH"
export PATH PYTHONDONTWRITEBYTECODE=1

ruff check
ruff format --check
mypy containers/worker/fettle_worker
MYPYPATH=containers/worker:containers/tensorrt-common mypy containers/tensorrt-common/fettle_tensorrt
# A folder at a time: every worker is a module of the name `worker`, in a process of its own.
for folder in containers/*/ recipes/*/ recipes/*/*/ examples/plugins/*/*/ examples/plugins/*/recipes/*/ templates/toolchain/*/ test/python/; do
  case $folder in containers/worker/ | */__pycache__/) continue ;; esac
  set -- "$folder"*.py
  if [ -e "$1" ]; then MYPYPATH="containers/worker:containers/tensorrt-common:test/python/stand_ins/cuda:$folder" mypy "$@"; fi
done
pytest ${JUNIT:+"--junitxml=$JUNIT"}
