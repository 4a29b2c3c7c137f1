#!/usr/bin/env bash
# Runs the check with the inputs of the action, and sets the outputs for later steps.
set -uo pipefail
# A separate folder for each use: a job may check several environments.
folder=$(mktemp -d "$RUNNER_TEMP/jwtcheck-report-XXXXXX") || exit 1
report="$folder/report.json"

formats=()
shown=
# Observations alone have no verdict, and no report beside them.
judged=
while IFS=$' \t' read -r line; do
  [ -n "$line" ] || continue
  formats+=("--format=$line")
  [[ $line == *:* ]] || shown=1
  [[ $line == observations:* ]] || judged=1
done <<<"$JWTCHECK_INPUT_FORMAT"
[ "${#formats[@]}" -gt 0 ] || judged=1

flags=()
[ -n "$judged" ] && flags+=("--format=json:$report")
[ -n "$JWTCHECK_INPUT_CONFIG" ] && flags+=("--config=$JWTCHECK_INPUT_CONFIG")
[ -n "$JWTCHECK_INPUT_ENVIRONMENT" ] && flags+=("--environment=$JWTCHECK_INPUT_ENVIRONMENT")
[ -n "$JWTCHECK_INPUT_FAIL_ON" ] && flags+=("--fail-on=$JWTCHECK_INPUT_FAIL_ON")
[ -n "$JWTCHECK_INPUT_ALLOW_HOSTS" ] && flags+=("--allow-hosts=$JWTCHECK_INPUT_ALLOW_HOSTS")
[ -n "$JWTCHECK_INPUT_WAIT" ] && flags+=("--wait=$JWTCHECK_INPUT_WAIT")
flags+=(${formats[@]+"${formats[@]}"})
# If all reports go to files, the log would contain none.
[ -z "$judged" ] || [ -n "$shown" ] || flags+=(--format=pretty)
while IFS=$' \t' read -r line; do
  [ -n "$line" ] && flags+=("$line")
done <<<"$JWTCHECK_INPUT_ARGS"

# shellcheck source=action/common.sh
. "$GITHUB_ACTION_PATH/action/common.sh"

command=(check "${flags[@]}")
# The variables of the tests are set for this command only, because they are checked as if they were set.
[ -z "$JWTCHECK_INPUT_RUN" ] || command=(exec --check "${flags[@]}" ${given[@]+"${given[@]}"} -- true)
code=0
"$RUNNER_TEMP/jwtcheck/node_modules/.bin/jwtcheck" "${command[@]}" || code=$?

# shellcheck disable=SC2016 # It is JavaScript.
words='
  const { verdict, level } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
  console.log(`verdict=${verdict}\nlevel=${level}`);
'
{
  printf 'exit-code=%s\n' "$code"
  # Otherwise there is no report; if nothing was checked, the file says why.
  case "$code" in
    0 | 1 | 3) if [ -s "$report" ]; then
      printf 'report=%s\n' "$report"
      node -e "$words" "$report"
    fi ;;
  esac
} >>"$GITHUB_OUTPUT"
problem=
case "$code" in
  0 | 1 | 3) ;;
  2) problem='Nothing was checked: the log of this step says what is wrong, and where.' ;;
  4) problem='jwtcheck failed by itself (exit code 4), which says nothing about the secrets: the log of this step says why.' ;;
  *) problem="jwtcheck ended with exit code $code before it came to a result." ;;
esac
[ -z "$problem" ] || printf '::error title=jwtcheck::%s\n' "$problem"
exit "$code"
