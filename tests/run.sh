#!/usr/bin/env bash
# Everything that must hold before a change lands, fastest first. Needs no network once set up.
# The service's tests start a PostgreSQL and a Chromium of their own: as root on Debian this script installs them, else
# they have to be there (apt install postgresql chromium).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ -x .venv/bin/yushen ] || bash setup.sh
export PATH="$PWD/.venv/bin:$PATH" PYTHONHASHSEED=0
wanted=()
command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || wanted+=(postgresql)
command -v chromium >/dev/null || command -v google-chrome >/dev/null || wanted+=(chromium)
if [ ${#wanted[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${wanted[@]}"
fi
step() { printf '\n== %s\n' "$*"; "$@"; }

step ruff check .
step ruff format --check .
step mypy
step lint-imports
step yushen rules check
step yushen rules test
step pytest -q -m "not slow" -n 2 --dist loadfile
step pytest -q -m slow -n 2 --dist loadfile
