#!/usr/bin/env bash
# Sourced by the steps of the action.

# What the script of the input `run` is given, as arguments of jwtcheck exec.
given=()
while IFS=$' \t' read -r line; do
  [ -z "$line" ] || given+=("--token=$line")
done <<<"$JWTCHECK_INPUT_TOKEN"
[ -z "$JWTCHECK_INPUT_PARTICIPANT" ] || given+=("$JWTCHECK_INPUT_PARTICIPANT")

# What is checked out for a pull request, a fork's above all, may hold another configuration, and with it the programs that
# are run here: also where a comment on it, or a workflow that ran for it, started this one.
event=${GITHUB_EVENT_NAME:-}
if [ "$event" = workflow_run ]; then
  # shellcheck disable=SC2016 # It is JavaScript.
  event=$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).workflow_run.event' \
    "${GITHUB_EVENT_PATH:-}" 2>/dev/null) || event=pull_request
fi
case "$event" in
  pull_request* | issue_comment | undefined) [ "$JWTCHECK_INPUT_COMMANDS" = true ] || export JWTCHECK_NO_COMMANDS=1 ;;
esac
