# Sourced by every script: stands in the repository's root and names what several scripts need.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}"
# shellcheck disable=SC2034  # used by the scripts that source this file
TARGET="${CARGO_TARGET_DIR:-target}"

has() { command -v "$1" >/dev/null 2>&1; }

# The version of a package in Cargo.lock, so that no version is written twice.
locked() { sed -n "/^name = \"$1\"\$/{n;s/^version = \"\(.*\)\"/\1/p;}" Cargo.lock | head -1; }

# The installed Chromium, whatever the distribution calls it.
chromium_path() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
