#!/usr/bin/env bash
# Unpacks Debian's docker client into .cache/docker for the tests. Nothing is installed: its package would start a daemon.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.cache/docker
[ -x "$folder/usr/bin/docker" ] && exit 0
mkdir -p "$folder/download"
apt-cache show docker.io > /dev/null 2>&1 || apt-get update -qq
# apt's own sandbox user may not write into the download folder.
(cd "$folder/download" && apt-get download -qq -o APT::Sandbox::User=root docker.io)
dpkg-deb -x "$folder"/download/docker.io_*.deb "$folder"
rm -rf "$folder/download" "$folder/usr/sbin" "$folder/usr/share" "$folder/lib" "$folder/etc"
"$folder/usr/bin/docker" --version > /dev/null
