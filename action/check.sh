#!/usr/bin/env bash
# Runs the check with the inputs of the action, and tells the next steps how it ended.
set -uo pipefail
# A folder of its own for each use: a job may check several environments.
folder=$(mktemp -d "$RUNNER_TEMP/jwtcheck-report-XXXXXX") || exit 1
report="$folder/report.json"

flags=("--format=json:$report")
[ -n "$JWTCHECK_INPUT_CONFIG" ] && flags+=("--config=$JWTCHECK_INPUT_CONFIG")
[ -n "$JWTCHECK_INPUT_ENVIRONMENT" ] && flags+=("--environment=$JWTCHECK_INPUT_ENVIRONMENT")
[ -n "$JWTCHECK_INPUT_FAIL_ON" ] && flags+=("--fail-on=$JWTCHECK_INPUT_FAIL_ON")
[ -n "$JWTCHECK_INPUT_WAIT" ] && flags+=("--wait=$JWTCHECK_INPUT_WAIT")
shown=
while IFS=$' \t' read -r line; do
  [ -n "$line" ] || continue
  flags+=("--format=$line")
  [[ $line == *:* ]] || shown=1
done <<<"$JWTCHECK_INPUT_FORMAT"
# Where every report goes to a file, the log would hold none.
[ -n "$shown" ] || flags+=(--format=pretty)
while IFS=$' \t' read -r line; do
  [ -n "$line" ] && flags+=("$line")
done <<<"$JWTCHECK_INPUT_ARGS"

# A pull request may change the configuration, and with it the programs that are run here.
case "${GITHUB_EVENT_NAME:-}" in
  pull_request | pull_request_target) [ "$JWTCHECK_INPUT_COMMANDS" = true ] || export JWTCHECK_NO_COMMANDS=1 ;;
esac

code=0
"$RUNNER_TEMP/jwtcheck/node_modules/.bin/jwtcheck" check "${flags[@]}" || code=$?

# shellcheck disable=SC2016 # It is JavaScript.
words='
  const { verdict, level } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
  console.log(`verdict=${verdict}\nlevel=${level}`);
'
{
  printf 'exit-code=%s\n' "$code"
  # Where nothing was checked, the file says why, and is no report.
  if [ "$code" != 2 ] && [ -s "$report" ]; then
    printf 'report=%s\n' "$report"
    node -e "$words" "$report"
  fi
} >>"$GITHUB_OUTPUT"
if [ "$code" = 2 ]; then
  printf '::error title=jwtcheck::Nothing was checked: the log of this step says what is wrong, and where.\n'
fi
exit "$code"
