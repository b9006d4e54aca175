#!/usr/bin/env bash
# Runs once, when the source's volume is new, after the script that makes the table.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v rows="$SAMPLE_ROWS" <<<"SELECT sample.generate_employees(:rows)"
