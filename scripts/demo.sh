#!/usr/bin/env bash
# demo.sh up: sets up what is missing, brings up the demo's stack of virtual machines and shows it at work.
# demo.sh watch: brings up a page that changes while its files are edited, until Ctrl-C.
# demo.sh down: removes every trace of both.
set -euo pipefail
cd "$(dirname "$0")/.."

export CONTAINER_COMPOSE_ROOT=${CONTAINER_COMPOSE_ROOT:-/var/tmp/container-compose-demo}
export CONTAINER_COMPOSE_CACHE=${CONTAINER_COMPOSE_CACHE:-$PWD/.cache/engine}
export DEMO_PORT=${DEMO_PORT:-8080}
project=(--file fixtures/demo/compose.yaml)

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' dim=$'\e[2m' cyan=$'\e[36m' plain=$'\e[0m'
else
  bold='' dim='' cyan='' plain=''
fi

step() { printf '\n%s▸ %s%s\n' "$bold$cyan" "$*" "$plain"; }
compose() { node packages/cli/dist/container-compose.mjs "$@"; }
show() { printf '%s$ container-compose %s%s\n' "$dim" "$*" "$plain"; compose "${project[@]}" "$@"; }

# prepare IMAGE...: an engine that has them.
prepare() {
  [ "$(id -u)" = 0 ] || { echo 'demo: the engine makes network namespaces and taps, so it needs root: sudo npm run demo' >&2; exit 1; }
  step 'Setting up (Debian packages, dependencies, native addon, guest)'
  bash scripts/setup.sh
  node scripts/make-images.mjs
  step 'Starting the engine and loading the images'
  compose engine start
  node scripts/load-images.mjs "$CONTAINER_COMPOSE_ROOT/run/engine.sock" "${@/#/.cache/images/}"
}

up() {
  prepare web.tar app.tar redis.tar
  step 'What `up` is going to do, and why'
  show plan
  step 'Bringing it up, each service in a virtual machine of its own'
  show up --detach --wait
  step "Fetching the page through the published port"
  node scripts/fetch-page.mjs "http://127.0.0.1:$DEMO_PORT/"
  step 'The machines'
  show machines
  cat <<T

${bold}It runs.${plain} Open ${cyan}http://127.0.0.1:$DEMO_PORT/${plain} and reload it. How to go on:

  ${dim}export CONTAINER_COMPOSE_ROOT=$CONTAINER_COMPOSE_ROOT CONTAINER_COMPOSE_CACHE=$CONTAINER_COMPOSE_CACHE
  cd fixtures/demo; alias container-compose='node $PWD/packages/cli/dist/container-compose.mjs'${plain}
  container-compose ps
  container-compose logs --follow
  container-compose exec redis redis-cli get visits
  container-compose down

  npm run demo:down   removes every trace of it
T
}

watch() {
  project=(--file fixtures/watch/compose.yaml)
  prepare app.tar
  step 'Building the page, bringing it up and watching its files'
  cat <<T
Open ${cyan}http://127.0.0.1:${WATCH_PORT:-8089}/${plain} and edit, in ${bold}$PWD/fixtures/watch${plain}:
page/index.html, page/style.css, server.lua. ${dim}Ctrl-C ends it; npm run demo:down removes every trace.${plain}

T
  # Ctrl-C is how it ends.
  show up --build --watch || [ $? = 130 ]
}

down() {
  step 'Removing the demo'
  if [ -e packages/cli/dist/container-compose.mjs ] && [ -d "$CONTAINER_COMPOSE_ROOT" ]; then
    show down --volumes --remove-orphans --timeout 2
    compose engine stop --containers
    rm -rf "$CONTAINER_COMPOSE_ROOT"
  fi
  echo 'Nothing of the demo is left; images and templates stay in .cache for the next time.'
}

case ${1:-} in
  up) up ;;
  watch) watch ;;
  down) down ;;
  *) echo 'usage: demo.sh up|watch|down' >&2; exit 2 ;;
esac
