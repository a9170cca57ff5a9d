#!/usr/bin/env bash
# Sets up what is missing, then runs every check and test.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/setup.sh --tests
node scripts/make-images.mjs --tests
bash scripts/fetch-docker-client.sh
npx tsc -b
npx biome check --error-on-warnings .
npx vitest run --project unit
# Real virtual machines, two files at a time: half of a scenario is waiting.
npx vitest run --project scenario --maxWorkers=2
