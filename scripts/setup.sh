#!/usr/bin/env bash
# Makes a bare Debian 12 ready: Debian packages, pnpm and dependencies, the build. Quick when nothing is missing.
# `--tests`: also what only the tests need.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'; else dim='' red='' plain=''; fi
say() { printf '%s%s%s\n' "$dim" "$*" "$plain" >&2; }
# fail WHAT COMMAND: what is missing, and what installs it.
fail() { printf '%ssetup:%s %s\n  %s\n' "$red" "$plain" "$1" "$2" >&2; exit 1; }

packages=(build-essential buildah crun conmon e2fsprogs docker-registry iproute2 libfuse3-dev libseccomp-dev nftables passt
  python3 qemu-system-x86 qemu-utils runc skopeo zstd)
[ "${1:-}" != --tests ] || packages+=(chromium)

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = 'install ok installed' ] || echo "$package"
  done
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get > /dev/null ||
    fail 'this is no Debian; install what these packages of Debian bring, then run this again:' "${missing[*]}"
  [ "$(id -u)" = 0 ] || fail 'these Debian packages are missing, and only root can install them:' \
    "sudo apt-get install --no-install-recommends ${missing[*]}"
  say "Installing Debian packages: ${missing[*]}"
  apt-get update -qq
  # docker-registry must not become a service of this machine.
  local policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod 755 "$policy"; trap 'rm -f /usr/sbin/policy-rc.d' EXIT; }
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" > /dev/null
}

install_dependencies() {
  local stamp=node_modules/.modules.yaml
  [ -e "$stamp" ] && [ "$stamp" -nt pnpm-lock.yaml ] && return 0
  say 'Installing dependencies with pnpm'
  npx --yes "$(node -p 'require("./package.json").packageManager')" install --frozen-lockfile --silent
  touch "$stamp"
}

command -v node > /dev/null || fail 'Node.js is missing; 20.19 or later is needed:' 'https://nodejs.org/en/download'
node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)' ||
  fail "Node.js $(node --version) is too old; 20.19 or later is needed:" 'https://nodejs.org/en/download'
install_packages
install_dependencies
node scripts/build.mjs

# The guest's kernel and the template of its machines; they stay in the cache.
export CONTAINER_COMPOSE_CACHE=${CONTAINER_COMPOSE_CACHE:-$PWD/.cache/engine}
if [ "$(id -u)" = 0 ]; then
  preparing=$(mktemp -d)
  CONTAINER_COMPOSE_ROOT=$preparing node packages/cli/dist/container-compose.mjs engine prepare > /dev/null
  rm -rf "$preparing"
fi
