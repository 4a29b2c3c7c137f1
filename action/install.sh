#!/usr/bin/env bash
# Installs jwtcheck for the steps of this action alone. Nothing that it brings is run while it is installed.
set -euo pipefail
folder="$RUNNER_TEMP/jwtcheck"

node -e '
  const [major, minor] = process.versions.node.split(".").map(Number);
  const old = major < 20 || (major === 20 && minor < 19);
  if (old) console.log(`::error title=jwtcheck::Node ${process.versions.node} is too old: 20.19 or later is needed. Use actions/setup-node before.`);
  process.exit(old ? 1 : 0);
'
if [ -z "$PACKAGE" ]; then
  PACKAGE="jwtcheck@$(node -p 'require(process.argv[1]).version' "$ACTION_PATH/package.json")"
fi
npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --no-save --loglevel=error -- "$PACKAGE" >/dev/null
