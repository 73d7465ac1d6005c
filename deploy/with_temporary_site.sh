#!/usr/bin/env bash
# Runs a command beside the site of this folder without touching it: data in a folder that goes away, a secret of its own.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export CASELIB_DATA_DIR="$folder"
CASELIB_SECRET_KEY=$(od -An -N40 -tx1 /dev/urandom | tr -d ' \n')
export CASELIB_SECRET_KEY
unset DATABASE_URL SEARCH_URL
"$@"
