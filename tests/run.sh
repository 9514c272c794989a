#!/usr/bin/env bash
# Everything that must hold before a change lands, fastest first. Needs no root and no network once set up.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ -x .venv/bin/yushen ] || bash setup.sh
export PATH="$PWD/.venv/bin:$PATH" PYTHONHASHSEED=0
step() { printf '\n== %s\n' "$*"; "$@"; }

step ruff check .
step ruff format --check .
step mypy
step lint-imports
step yushen rules check
step yushen rules test
step pytest -q -m "not slow" -n 2 --dist loadfile
step pytest -q -m slow
