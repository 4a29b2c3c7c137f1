#!/usr/bin/env bash
# Runs the check with the inputs of the action, and tells the next steps how it ended.
set -uo pipefail
report="$RUNNER_TEMP/jwtcheck/report.json"
rm -f "$report"

args=(check --format "json:$report")
[ -n "$CONFIG" ] && args+=("--config=$CONFIG")
[ -n "$ENVIRONMENT" ] && args+=("--environment=$ENVIRONMENT")
[ -n "$FAIL_ON" ] && args+=("--fail-on=$FAIL_ON")
[ -n "$WAIT" ] && args+=("--wait=$WAIT")
while IFS= read -r line; do
  [ -n "$line" ] && args+=("--format=$line")
done <<<"$FORMAT"
while IFS= read -r line; do
  [ -n "$line" ] && args+=("$line")
done <<<"$ARGS"

code=0
"$RUNNER_TEMP/jwtcheck/node_modules/.bin/jwtcheck" "${args[@]}" || code=$?

{
  echo "exit-code=$code"
  if [ -s "$report" ]; then
    echo "report=$report"
    node -e '
      const { verdict, level } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
      console.log(`verdict=${verdict}\nlevel=${level}`);
    ' "$report"
  fi
} >>"$GITHUB_OUTPUT"
exit "$code"
