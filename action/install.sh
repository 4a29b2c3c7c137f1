#!/usr/bin/env bash
# Installs jwtcheck for the steps of this action alone. Nothing that it brings is run while it is installed.
set -euo pipefail

fail() {
  printf '::error title=jwtcheck::%s\n' "$1"
  exit 1
}

command -v node >/dev/null || fail 'There is no node here. Use actions/setup-node before.'
command -v npm >/dev/null || fail 'There is no npm here. Use actions/setup-node before.'
version=$(node -p 'process.versions.node')
IFS=. read -r major minor _ <<<"$version"
if ((major < 20 || (major == 20 && minor < 19))); then
  fail "Node $version is too old: 20.19 or later is needed. Use actions/setup-node before."
fi

package=$JWTCHECK_INPUT_PACKAGE
if [ -z "$package" ]; then
  package="jwtcheck@$(node -p 'require(process.argv[1]).version' "$GITHUB_ACTION_PATH/package.json")"
fi
npm install --prefix "$RUNNER_TEMP/jwtcheck" --ignore-scripts --no-audit --no-fund --no-save --loglevel=error -- "$package" >/dev/null ||
  fail 'jwtcheck could not be installed; the log of this step has what npm says.'
