#!/usr/bin/env bash
# Brings docker-compose.yml up under a name of its own, writes at the source, reads at the destination, and takes it down with its volumes.
#
#   compose-check.sh                             with docker compose
#   COMPOSE=docker-compose compose-check.sh      with docker-compose 1.29
#   KEEP=1 compose-check.sh                      leaves it running
#
# Ports other than the usual ones: SOURCE_PORT, DESTINATION_PORT, KAFKA_PORT, PRODUCER_PORT, CONSUMER_PORT, PROMETHEUS_PORT, GRAFANA_PORT.
# Where Grafana's image cannot be had, all is checked without it, and that is said.
set -euo pipefail
cd "$(dirname "$0")/.."

project=tidemark-check
patience=${PATIENCE:-300}
compose() { ${COMPOSE:-docker compose} -p "$project" "$@"; }
down() { compose down --volumes --remove-orphans --timeout 20; }
ok() { echo "ok after $SECONDS s: $*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }

finish() {
  local result=$?
  if [ $result != 0 ]; then
    compose ps || true
    compose logs --no-color --tail=20 kafka source destination || true
    compose logs --no-color --tail=80 producer consumer prometheus || true
  fi
  if [ "${KEEP:-0}" = 0 ]; then down >/dev/null 2>&1 || echo "could not take $project down" >&2; fi
  exit $result
}

# By the published port where this machine has a psql, else inside of the container.
sql() { # sql source|destination STATEMENT
  local port=${SOURCE_PORT:-5435} password=${SOURCE_PASSWORD:-tidemark}
  [ "$1" = source ] || { port=${DESTINATION_PORT:-5436} password=${DESTINATION_PASSWORD:-tidemark}; }
  if command -v psql >/dev/null; then
    PGPASSWORD=$password psql -h 127.0.0.1 -p "$port" -U postgres -d postgres -v ON_ERROR_STOP=1 -XAtqc "$2"
  else
    compose exec -T "$1" psql -U postgres -d postgres -v ON_ERROR_STOP=1 -XAtqc "$2"
  fi
}

content="SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(e::text, E'\n' ORDER BY emp_id)), '') FROM public.employees e"
destination_content() {
  if [ "$(sql destination "SELECT to_regclass('public.employees') IS NOT NULL")" = t ]; then sql destination "$content"; else echo "no such table"; fi
}
await_equal() { # await_equal WHAT
  local want have until=$((SECONDS + patience))
  want=$(sql source "$content")
  while have=$(destination_content); [ "$have" != "$want" ]; do
    [ $SECONDS -lt $until ] || fail "$1: the source has $want, the destination has $have"
    sleep 0.2
  done
  ok "$1 ($want)"
}

services() { # all but those whose image cannot be had
  local grafana=${GRAFANA_IMAGE:-grafana/grafana:12.1.0}
  if docker image inspect "$grafana" >/dev/null 2>&1 || docker pull -q "$grafana" >/dev/null 2>&1; then
    compose config --services
  else
    echo "NOT CHECKED: grafana, there is no image $grafana" >&2
    compose config --services | grep -vx grafana
  fi
}

await_healthy() { # await_healthy SERVICE...
  local service id until=$((SECONDS + patience))
  for service in "$@"; do
    id=$(compose ps -q "$service")
    while [ "$(docker inspect -f '{{.State.Health.Status}}' "$id")" != healthy ]; do
      [ $SECONDS -lt $until ] || fail "$service is not healthy"
      sleep 1
    done
    ok "$service is healthy"
  done
}

# What a service answers, by the user's name; both have the demonstration's password unless .env says otherwise.
answer() { # answer viewer|operator|nobody PORT METHOD PATH
  local password=${VIEWER_PASSWORD:-tidemark}
  [ "$1" = viewer ] || password=${OPERATOR_PASSWORD:-tidemark}
  [ "$1" = nobody ] || set -- "$@" -K -
  local port=$2 method=$3 path=$4 user=$1
  shift 4
  # By its input: a command line is for everybody to read.
  curl -s -o /dev/null -w '%{http_code}' "$@" -X "$method" "http://127.0.0.1:$port$path" <<<"user = \"$user:$password\""
}
expect() { # expect STATUS and what answer takes
  local status
  status=$(answer "${@:2}")
  [ "$status" = "$1" ] || fail "$4 $5 is answered with $status to $2, not $1"
}

# Healthy is a service that serves its REST. That changes flow is for viewers to see, once both have found what they need.
await_flow() {
  local port until=$((SECONDS + patience))
  for port in "${PRODUCER_PORT:-8081}" "${CONSUMER_PORT:-8082}"; do
    expect 401 nobody "$port" GET /actuator/health
    expect 403 viewer "$port" POST /admin/pause
    while [ "$(answer viewer "$port" GET /actuator/health)" != 200 ]; do
      [ $SECONDS -lt $until ] || fail "changes do not flow: port $port says so"
      sleep 1
    done
    expect 200 operator "$port" POST /admin/pause
    expect 200 nobody "$port" GET /actuator/health/readiness
    expect 200 operator "$port" POST /admin/resume
  done
  ok "changes flow, and take credentials to look at and to stop"
}

published_on_loopback() {
  local elsewhere
  elsewhere=$(docker ps --filter "label=com.docker.compose.project=$project" --format '{{.Names}} {{.Ports}}' | grep -E '0\.0\.0\.0:|\[::\]:|:::' || true)
  [ -z "$elsewhere" ] || fail "published beyond loopback: $elsewhere"
  ok "published on loopback only"
}

not_root() {
  local service user
  for service in producer consumer; do
    user=$(compose exec -T "$service" id -u | tr -d '\r')
    [ "$user" != 0 ] || fail "$service runs as root"
  done
  ok "services do not run as root"
}

prometheus() { # prometheus QUERY: the value, or nothing
  compose exec -T prometheus wget -q -O - "http://127.0.0.1:9090/api/v1/query?query=$1" | sed -n 's/.*"value":\[[^,]*,"\([^"]*\)"\].*/\1/p'
}
await_scrapes() {
  local up alerts until=$((SECONDS + patience))
  while up=$(prometheus 'sum(up)') alerts=$(prometheus 'count(ALERTS%7Balertstate="firing"%7D)'); [ "$up" != 2 ] || [ -n "$alerts" ]; do
    [ $SECONDS -lt $until ] || fail "prometheus scrapes ${up:-0} services of 2, and raises ${alerts:-0} alerts"
    sleep 1
  done
  ok "prometheus scrapes both services, and raises no alert"
}

trap finish EXIT
down >/dev/null 2>&1 || true
compose build --quiet
mapfile -t services < <(services)
compose up -d "${services[@]}"
await_healthy "${services[@]}"
await_scrapes
published_on_loopback
not_root
await_flow
await_equal "the sample is copied"

sql source "INSERT INTO public.employees (first_name, last_name, dob, city, salary) VALUES ('Ada', 'Lovelace', '1815-12-10', 'London', 1)"
await_equal "an insert arrives"
sql source "UPDATE public.employees SET salary = salary + 1; DELETE FROM public.employees WHERE emp_id % 7 = 0; UPDATE public.employees SET emp_id = -emp_id WHERE emp_id < 10"
await_equal "updates, deletes and changed keys arrive"

compose restart producer consumer kafka >/dev/null 2>&1
sql source "INSERT INTO public.employees (first_name) SELECT 'after the restart' FROM generate_series(1, 100)"
await_equal "changes arrive after a restart"
echo "compose: all well"
