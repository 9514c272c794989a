#!/bin/sh
# Sets Yushen up in .venv of this folder: pinned packages, OCR weights, self-check. An ordinary user, no root.
#
#   ./setup.sh            needs Python 3.11 or newer and the package index; does nothing twice
#   PYTHON=python3.12 ./setup.sh    picks the interpreter
#
# pip's own settings decide which package index is used (PIP_INDEX_URL, pip.conf).
set -eu

cd "$(dirname "$0")"
VENV=.venv
PIP_VERSION=25.2
PIP_SHA256=6d67a2b4e7f14d8b31b8b52648866fa717f45a1eb70e83002f4331d07e953717
PIP_URL=${PIP_WHEEL_URL:-https://files.pythonhosted.org/packages/b7/3f/945ef7ab14dc4f9d7f40288d2df998d1837ee0888ec3659c813487572faa/pip-$PIP_VERSION-py3-none-any.whl}
OPENCV=opencv-contrib-python-headless==4.10.0.84

say() { printf '%s\n' "== $*" >&2; }
fail() { printf '%s\n' "setup.sh: $*" >&2; exit 1; }

# --- Python -----------------------------------------------------------------------------------------------------------
find_python() {
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] || continue
        command -v "$candidate" >/dev/null 2>&1 || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    fail "no Python 3.11 or newer found. Install one (Debian, Ubuntu: apt install python3) or name it: PYTHON=... ./setup.sh"
}

# --- virtual environment, also where the distribution left out ensurepip ----------------------------------------------
make_venv() {
    if [ -x $VENV/bin/python ] && $VENV/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        return
    fi
    python=$(find_python)
    say "virtual environment in $VENV ($("$python" --version 2>&1))"
    "$python" -m venv --clear --without-pip $VENV || fail "$python cannot create a virtual environment in $(pwd)/$VENV"
}

make_pip() {
    $VENV/bin/python -m pip --version >/dev/null 2>&1 && return
    say "pip $PIP_VERSION"
    wheel=$VENV/pip-$PIP_VERSION-py3-none-any.whl
    # A bare system may have no certificates yet; the pinned sha256 vouches for the file either way.
    $VENV/bin/python - "$PIP_URL" "$wheel" "$PIP_SHA256" <<'PYTHON' || fail "pip could not be fetched from $PIP_URL (PIP_WHEEL_URL names another place)"
import hashlib, ssl, sys, urllib.error, urllib.request

url, target, sha256 = sys.argv[1:]
try:
    try:
        data = urllib.request.urlopen(url, timeout=60).read()
    except urllib.error.URLError as error:
        if not isinstance(error.reason, ssl.SSLError):
            raise
        data = urllib.request.urlopen(url, timeout=60, context=ssl._create_unverified_context()).read()
except OSError as error:
    sys.exit(f"{url}: {error}")
if hashlib.sha256(data).hexdigest() != sha256:
    sys.exit(f"{url}: sha256 is not the pinned one")
open(target, "wb").write(data)
PYTHON
    $VENV/bin/python "$wheel/pip" install --quiet --no-index --no-deps "$wheel"
    rm -f "$wheel"
}

# --- packages ---------------------------------------------------------------------------------------------------------
install_packages() {
    pip="$VENV/bin/python -m pip --disable-pip-version-check --no-input"
    want="$(cat requirements.lock pyproject.toml setup.sh | $VENV/bin/python -c \
        'import hashlib, os, sys; print(hashlib.sha256(sys.stdin.buffer.read() + os.getcwd().encode()).hexdigest())')"
    if [ "$(cat $VENV/.installed 2>/dev/null || true)" = "$want" ] && $VENV/bin/python -c 'import cv2, paddleocr' \
        >/dev/null 2>&1; then
        say "packages: already installed"
        return
    fi
    rm -f $VENV/.installed
    say "torch, the build for processors"
    # The index's own build of torch for Linux wants gigabytes of CUDA libraries, and does not start without them.
    torch=$(grep '^torch==' requirements.lock)
    $pip install --quiet --no-deps "$torch+cpu" >/dev/null 2>&1 \
        || $pip install --quiet --no-deps --index-url "${TORCH_INDEX_URL:-https://download.pytorch.org/whl/cpu}" "$torch" >/dev/null 2>&1 \
        || $pip install --quiet "$torch" \
        || fail "$torch could not be installed; TORCH_INDEX_URL names an index that has its build for processors"
    say "packages from requirements.lock (about 2 GB on disk; a few minutes)"
    $pip install --quiet --no-deps --requirement requirements.lock \
        || fail "packages could not be installed; see pip's message above (network, disk space, or Python version)"
    # paddlex insists on opencv-contrib-python, whose cv2 needs libGL. The headless build of the same version owns the
    # same files and does not, so it goes on top.
    say "OpenCV without libGL"
    $pip install --quiet --no-deps --force-reinstall "$OPENCV" || fail "$OPENCV could not be installed"
    $pip install --quiet --no-deps --no-build-isolation --editable . || fail "the project itself could not be installed"
    printf '%s\n' "$want" >$VENV/.installed
}

make_venv
make_pip
install_packages
say "OCR weights"
$VENV/bin/python -m models.ocr.prepare || fail "OCR weights are not complete; see the message above, then run ./setup.sh again"
say "self-check"
$VENV/bin/yushen doctor
