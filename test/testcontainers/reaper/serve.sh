#!/bin/sh
# One client: each line is a filter, answered by ACK. When it goes, all that fits its filters is removed.
ask() { printf '%s HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n' "$1" | socket-probe tell /var/run/docker.sock; }
ids() { grep -o '"Id":"[0-9a-f]*"' | cut -d '"' -f 4; }
filters=
while read -r line; do
  line=$(echo "$line" | tr -d '\r')
  filters="$filters ${line#label=}"
  echo ACK
done
for label in $filters; do
  query="filters=%7B%22label%22%3A%5B%22$label%22%5D%7D"
  for id in $(ask "GET /v1.51/containers/json?all=1&$query" | ids); do
    # It has the label itself.
    case $id in $(hostname)*) ;; *) ask "DELETE /v1.51/containers/$id?force=1&v=1" ;; esac
  done
  for id in $(ask "GET /v1.51/networks?$query" | ids); do ask "DELETE /v1.51/networks/$id"; done
done >/dev/null
