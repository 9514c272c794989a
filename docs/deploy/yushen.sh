#!/bin/sh
# `yushen` for root's shell, as the service runs it: same user, same settings, same secrets. Copy to /usr/local/bin/yushen.
set -eu
if [ -r /etc/yushen/environment ]; then
    set -a
    . /etc/yushen/environment
    set +a
fi
export YUSHEN_CONFIG="${YUSHEN_CONFIG:-/etc/yushen/yushen.toml}"
exec runuser -u yushen -- /opt/yushen/.venv/bin/yushen "$@"
