#!/usr/bin/env bash
# Waits until the app answers, says which permissions it lacks, and starts a backup if there is none yet.
#
#   first-backup.sh API_URL AUTH_CLIENT_ID [--once] [--only-answer] [--no-backup]
#
#   API_URL         address of the API: output LIFEBOAT_API_URL of the deployment
#   AUTH_CLIENT_ID  client id of the app registration; who is signed in needs Backup.Read and Backup.Run of it
#   --once          ask once, and wait for nothing
#   --only-answer   neither look at the permissions nor start anything: the platform keeps the first token of the reader for
#                   up to a day, so let it ask for that when the permissions are granted
#   --no-backup     start none
#
# Needs az, signed in, curl and jq. Where the app is private, it has to run inside the network. No token is printed or
# handed over as an argument.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=infra/scripts/graph.sh
. "$here/graph.sh"

waits=${LIFEBOAT_WAITS:-90} # how often, a pause apart, the app is asked until it answers
once='' only='' start=yes names=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --once) once=yes ;;
    --only-answer) only=yes ;;
    --no-backup) start='' ;;
    -h | --help) show_help; exit 0 ;;
    -*) fail "unknown option $1; --help lists them" ;;
    *) names+=("$1") ;;
  esac
  shift
done
[[ ${#names[@]} -eq 2 ]] || fail 'name the address of the API and the client id of the registration; --help says more'
api=${names[0]%/} client=${names[1]}
check_id AUTH_CLIENT_ID "$client"

# call METHOD PATH: prints the status, or 'token' where there is none to be had. The answer is in $scratch/answer.
call() {
  local token body=()
  : >"$scratch/answer"
  token=$(az account get-access-token --scope "$client/.default" --query accessToken --output tsv 2>"$scratch/problem") ||
    { echo token; return; }
  [[ $1 == GET ]] || body=(--header 'Content-Type: application/json' --data '{}')
  # The token goes to curl through its standard input: arguments can be read by everybody on the machine.
  printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --silent --show-error --config - --request "$1" --max-time 120 --output "$scratch/answer" \
      --write-out '%{http_code}' ${body[@]+"${body[@]}"} "$api$2" 2>"$scratch/problem" || true
}

# silent STATUS: ends it, with the reason why there is no answer.
silent() {
  sed 's/^/  /' "$scratch/problem" "$scratch/answer" >&2
  case $1 in
    token) fail "the Azure CLI gets no token for $client: az login --scope $client/.default" ;;
    000) fail "$api is not reached from here: is appAccess private, or your address not among allowedAddresses?" ;;
    401 | 403) fail "the app refuses you ($1): docs/access.md says why. After a role was given, az logout and az login get a new token" ;;
    *) fail "the app answers $1: its log (Application Insights) says why. What was delivered a moment ago may take some minutes more" ;;
  esac
}

asked() { # METHOD PATH STATUS: the answer has to be that
  local status
  status=$(call "$1" "$2")
  [[ $status == "$3" ]] || silent "$status"
}

tried=0
until status=$(call GET /types) && [[ $status == 200 ]]; do
  tried=$((tried + 1))
  if [[ -n $once ]]; then
    line app "does not answer yet ($status): the package or your role is not there. Run this again when they are"
    exit 0
  fi
  if [[ $tried -eq 1 ]]; then line app 'is waited for: rights take some minutes to arrive'; fi
  [[ $tried -lt $waits ]] || silent "$status"
  sleep "$pause"
done
line app "answers at $api"
if [[ -n $only ]]; then
  line preflight 'and first backup: when the permissions are there'
  exit 0
fi

asked POST /preflight 200
line preflight "$(jq -r 'if .permissionsKnown | not then "the token of the reader does not say what it may"
  elif (.missing | length) == 0 then "no permission is missing"
  else "missing in the token of the reader, or not in it yet: \(.missing | keys | join(", "))" end' "$scratch/answer")"

[[ -n $start ]] || exit 0
asked GET '/backups?top=1' 200
newest=$(jq -r '.runs[0] // empty | "the newest is \(.runId): \(.state)"' "$scratch/answer")
if [[ -n $newest ]]; then
  line backup "$newest"
else
  asked POST /backups 202
  run=$(jq -r .runId "$scratch/answer")
  line backup "$run has begun; GET $api/backups/$run shows how far it is"
fi
