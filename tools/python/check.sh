#!/bin/sh
# Lints, checks the formatting and type-checks all Python of the repository: the workers, the example recipes' scripts and
# the tests of the protocol. Needs the packages of tools/python/requirements.lock; run it from the repository's root.
set -eu
ruff check
ruff format --check
mypy containers/worker/fettle_worker
# A folder at a time: every worker is a module of the name `worker`, in a process of its own.
for folder in containers/*/ recipes/*/ recipes/*/*/ test/python/; do
  case $folder in containers/worker/ | */__pycache__/) continue ;; esac
  set -- "$folder"*.py
  if [ -e "$1" ]; then MYPYPATH="containers/worker:$folder" mypy "$@"; fi
done
