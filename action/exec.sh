#!/usr/bin/env bash
# Runs the script of the input `run` with the right secret, or with tokens, in its environment. The check before it has passed.
set -euo pipefail
[ -n "$JWTCHECK_INPUT_RUN" ] || exit 0
script=$(mktemp "$RUNNER_TEMP/jwtcheck-run-XXXXXX")
printf '%s\n' "$JWTCHECK_INPUT_RUN" >"$script"

flags=()
[ -z "$JWTCHECK_INPUT_CONFIG" ] || flags+=("--config=$JWTCHECK_INPUT_CONFIG")
[ -z "$JWTCHECK_INPUT_ENVIRONMENT" ] || flags+=("--environment=$JWTCHECK_INPUT_ENVIRONMENT")
[ -z "$JWTCHECK_INPUT_ALLOW_HOSTS" ] || flags+=("--allow-hosts=$JWTCHECK_INPUT_ALLOW_HOSTS")

# shellcheck source=action/common.sh
. "$GITHUB_ACTION_PATH/action/common.sh"
# The inputs are not for the script.
unset "${!JWTCHECK_INPUT_@}"
exec "$RUNNER_TEMP/jwtcheck/node_modules/.bin/jwtcheck" exec \
  ${flags[@]+"${flags[@]}"} ${given[@]+"${given[@]}"} -- \
  bash --noprofile --norc -eo pipefail "$script"
