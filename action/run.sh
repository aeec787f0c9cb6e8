#!/usr/bin/env bash
# Runs protogov on the contracts of the workflow's repository. The base branch of a pull request, or what was there
# before a push, is found by protogov itself.
#
#   PROTOGOV_COMMAND    check, lint or breaking
#   PROTOGOV_PATHS      files and directories, separated by blanks or line breaks
#   PROTOGOV_AGAINST    the baseline, where it is not the base branch
#   PROTOGOV_ARGUMENTS  further arguments, separated by blanks or line breaks
#   PROTOGOV_SARIF      a file that SARIF is written to besides
set -euo pipefail

case "$PROTOGOV_COMMAND" in
  check | lint | breaking) ;;
  *)
    echo "::error title=protogov::'$PROTOGOV_COMMAND' is no command for a workflow; write check, lint or breaking"
    exit 2
    ;;
esac

arguments=("$PROTOGOV_COMMAND" --output github)
if [ -n "${PROTOGOV_SARIF:-}" ]; then
  arguments+=(--output "sarif=$PROTOGOV_SARIF")
fi
if [ -n "${PROTOGOV_AGAINST:-}" ] && [ "$PROTOGOV_COMMAND" != lint ]; then
  arguments+=(--against "$PROTOGOV_AGAINST")
fi
# Split at blanks and line breaks only: no glob is expanded.
set -f
for text in "${PROTOGOV_ARGUMENTS:-}" "${PROTOGOV_PATHS:-}"; do
  # shellcheck disable=SC2206
  words=($text)
  if [ "${#words[@]}" -gt 0 ]; then
    arguments+=("${words[@]}")
  fi
done
exec protogov "${arguments[@]}"
