# shellcheck shell=bash
# Calls to Microsoft Graph through the Azure CLI, for the scripts beside this file, which source it.
#
# Reads LIFEBOAT_ATTEMPTS and LIFEBOAT_PAUSE: how often, and after how many seconds, something is tried again that the
# directory may not have noticed yet.

attempts=${LIFEBOAT_ATTEMPTS:-18}
pause=${LIFEBOAT_PAUSE:-10}
role_needed='Global Administrator' # a script that needs less says so
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# line STEP TEXT: one line of progress.
line() { printf '%-14s%s\n' "$1" "$2"; }

tell() { printf '%s\n' "$*" >&2; }

# The lines of the comment at the top of the script: its help.
show_help() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p;}' "$0"; }

# value OPTION VALUE: the value of an option, which must have one.
value() {
  [[ $# -ge 2 && -n $2 && $2 != --* ]] || fail "$1 needs a value; --help says which"
  printf '%s' "$2"
}

lower() { tr '[:upper:]' '[:lower:]' <<<"$1"; }

check_id() {
  [[ $2 =~ ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$ ]] || fail "$1 must be an object id, a GUID; not '$2'"
}

# open_graph [URL]: finds the Graph host of the cloud that the Azure CLI is signed in to.
open_graph() {
  local tool
  for tool in az jq; do
    command -v "$tool" >/dev/null || fail "$tool is needed, and is not on PATH"
  done
  graph_url=${1:-$(az cloud show --query endpoints.microsoftGraphResourceId -o tsv)} || fail 'az cloud show failed'
  graph_url=${graph_url%/}
  [[ -n $graph_url ]] || fail 'the Azure CLI names no Graph host for this cloud: give one with --graph-url'
  # What the list of permissions calls the national clouds.
  # shellcheck disable=SC2034 # for the script that sources this
  case $graph_url in
    https://graph.microsoft.us) cloud=usGov ;;
    https://dod-graph.microsoft.us) cloud=usGovDoD ;;
    https://microsoftgraph.chinacloudapi.cn) cloud=china ;;
    *) cloud=global ;;
  esac
}

# graph METHOD PATH [BODY] [NAME=VALUE of a header]: the answer on stdout. A busy Graph is asked again. Any other error
# is status 1, and `problem` has its text.
graph() {
  local method=$1 url=$2 answer tried=0
  [[ $url == /* ]] && url=$graph_url/v1.0$url
  [[ $url == "$graph_url"/* ]] || fail "an answer leads to another host, $url: not followed"
  local call=(rest --only-show-errors --output json --method "$method" --url "$url" --resource "$graph_url")
  [[ -z ${3:-} ]] || call+=(--body "$3")
  [[ -z ${4:-} ]] || call+=(--headers "$4")
  until answer=$(az "${call[@]}" </dev/null 2>"$scratch/problem"); do
    tried=$((tried + 1))
    problem_is 'Too Many Requests|Service Unavailable|Gateway Time-?out|Bad Gateway' || return 1
    [[ $tried -lt $attempts ]] || return 1
    sleep "$pause"
  done
  [[ -z $answer ]] || printf '%s\n' "$answer"
}

problem() { tr '\n' ' ' <"$scratch/problem"; }

problem_is() { grep -qE "$1" "$scratch/problem"; }

# known COMMAND...: again while the directory does not know what was made a moment ago.
known() {
  local tried=0
  until "$@"; do
    problem_is 'Not Found|ResourceNotFound' || return 1
    tried=$((tried + 1))
    [[ $tried -lt $attempts ]] || return 1
    sleep "$pause"
  done
}

# graph_all PATH: the objects of all pages, as one list.
graph_all() {
  local url=$1
  : >"$scratch/pages"
  while [[ -n $url ]]; do
    graph GET "$url" >"$scratch/page" || return 1
    cat "$scratch/page" >>"$scratch/pages"
    url=''
    if grep -qF '"@odata.nextLink"' "$scratch/page"; then url=$(jq -r '."@odata.nextLink" // empty' "$scratch/page"); fi
  done
  jq -cs 'map(.value) | add' "$scratch/pages"
}

# refused WHAT: ends the script, with the reason in words where it is known, and with 3 where it is a lack of rights.
refused() {
  if problem_is 'Authorization_RequestDenied|Forbidden'; then
    (fail "Graph refused to $1. Who is signed in (az account show) needs the directory role $role_needed, active: $(problem)") || exit 3
  fi
  fail "Graph could not $1: $(problem)"
}

# assign PRINCIPAL RESOURCE ROLE WHAT: one app role. What is there already is no error. An identity or a role that was
# made a moment ago may not be known everywhere yet, so that is tried again.
assign() {
  local link tried=0
  printf -v link '{"principalId":"%s","resourceId":"%s","appRoleId":"%s"}' "$1" "$2" "$3" # ids all, nothing to escape
  until graph POST "/servicePrincipals/$2/appRoleAssignedTo" "$link" >"$scratch/made"; do
    if problem_is 'already exists'; then return 0; fi
    problem_is 'Not Found|ResourceNotFound|Not a valid reference update|was not found on application' || refused "assign $4"
    tried=$((tried + 1))
    [[ $tried -lt $attempts ]] || refused "assign $4"
    sleep "$pause"
  done
}

# unassign RESOURCE ASSIGNMENT WHAT: takes it away. What is gone already is no error.
unassign() {
  graph DELETE "/servicePrincipals/$1/appRoleAssignedTo/$2" >"$scratch/made" || problem_is 'not found|Not Found' || refused "take away $3"
}
