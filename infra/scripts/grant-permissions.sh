#!/usr/bin/env bash
# Gives the managed identities of Lifeboat their permissions in Microsoft Graph, and takes away what they no longer need.
#
#   grant-permissions.sh [--reader OBJECT_ID [--preset essential|standard|everything|all] [--reader-permissions NAME,NAME...]]
#                        [--restorer OBJECT_ID [--restorer-permissions NAME,NAME...]]
#                        [--remove-spare | --remove-all] [--dry-run] [--graph-url URL] [--any-principal]
#
#   --reader, --restorer     object ids of the identities' service principals: outputs readerPrincipalId and
#                            restorerPrincipalId of the deployment. One of them is enough
#   --preset                 the types that are backed up decide what the reader may read: standard, if not said;
#                            all is everything and the types that are in no preset
#   --reader-permissions     these instead of a preset's: `permissions` of POST /api/preflight, for types chosen one by one
#   --restorer-permissions   only these of the restorer's list: what one restore takes (`needs` of its plan)
#   --remove-spare           take away every Graph permission that the identity has and the list does not
#   --remove-all             take away all its Graph permissions
#   --dry-run                say what would be done, and write nothing
#   --graph-url              the Graph host, where `az cloud show` does not know it (US Government DoD)
#   --any-principal          also for a service principal that is no managed identity
#
# Needs bash, the Azure CLI, jq, and a sign-in (az login) with the directory role Privileged Role Administrator. The list
# is graph-permissions.json, one directory up. Run it as often as you like: what is there stays as it is. It ends with 0
# when every permission that the tenant offers is where it should be, with 3 when Graph refuses who is signed in, or with
# 1, and a sentence that says what is wrong.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=infra/scripts/graph.sh
. "$here/graph.sh"

role_needed='Privileged Role Administrator'
list=$here/../graph-permissions.json
reader='' restorer='' preset=standard exact='' only='' spare=keep dry='' url='' any=''
while [[ $# -gt 0 ]]; do
  case $1 in
    --reader)
      reader=$(value "$@")
      shift
      ;;
    --restorer)
      restorer=$(value "$@")
      shift
      ;;
    --preset)
      preset=$(value "$@")
      shift
      ;;
    --reader-permissions)
      exact=$(value "$@")
      shift
      ;;
    --restorer-permissions)
      only=$(value "$@")
      shift
      ;;
    --remove-spare) [[ $spare == all ]] || spare=remove ;;
    --remove-all) spare=all ;;
    --dry-run) dry=yes ;;
    --graph-url)
      url=$(value "$@")
      shift
      ;;
    --any-principal) any=yes ;;
    -h | --help) show_help; exit 0 ;;
    *) fail "unknown option $1; --help lists them" ;;
  esac
  shift
done
[[ -n $reader$restorer ]] || fail 'name an identity: --reader, --restorer or both'
[[ -z $reader ]] || check_id --reader "$reader"
[[ -z $restorer ]] || check_id --restorer "$restorer"
[[ -z $reader || $(lower "$reader") != "$(lower "$restorer")" ]] || fail 'reader and restorer are one identity: it would read and write'
[[ -z $exact || -n $reader ]] || fail '--reader-permissions goes with --reader'
[[ -z $only || -n $restorer ]] || fail '--restorer-permissions goes with --restorer'
{ read -r graph_app; read -r has_preset; read -r unknown; } < <(jq -r --arg preset "$preset" --arg exact "$exact" --arg only "$only" '
  .graphAppId, (.reader | has($preset)),
  ([(($exact | split(",")) - (.reader.all | map(.name)))[] | "the reader has no use for \(.)"]
  + [(($only | split(",")) - (.restorer | map(.name)))[] | "the restorer has no use for \(.)"]
  | join("; "))' "$list")
[[ $has_preset == true ]] || fail "there is no preset '$preset'; --help lists them"
[[ -z $unknown ]] || fail "$unknown: names are those of docs/permissions.md"

open_graph "$url"
graph GET "/servicePrincipals(appId='$graph_app')?\$select=id,appRoles" >"$scratch/graph.json" || refused 'show its own permissions'

# found LABEL ID: waits until the directory knows the identity, whose name is in `who` then.
found() {
  local tried=0 object
  until graph GET "/servicePrincipals/$2?\$select=id,displayName,servicePrincipalType" >"$scratch/who"; do
    problem_is 'Not Found|ResourceNotFound' || refused "show the $1"
    if object=$(graph GET "/servicePrincipals(appId='$2')?\$select=id" | jq -r .id) && [[ -n $object ]]; then
      fail "$2 is the client id of the $1; its object id is $object"
    fi
    tried=$((tried + 1))
    [[ $tried -lt $attempts ]] || fail "the directory knows no service principal $2 (the $1): was it made in another tenant?"
    tell "$1: not known to the directory yet, waiting"
    sleep "$pause"
  done
  { read -r kind; read -r who; } < <(jq -r '.servicePrincipalType, .displayName' "$scratch/who")
  [[ -n $any || $kind == ManagedIdentity ]] ||
    fail "$who ($2) is no managed identity. If it is right all the same: --any-principal"
}

# settle LABEL ID WANTED: WANTED is a file with the list of permissions. What is to be done is planned first, a line for each.
settle() {
  local label=$1 id=$2 wanted=$3 what name key resource
  found "$label" "$id"
  list_held() { graph_all "/servicePrincipals/$id/appRoleAssignments" >"$scratch/held.json"; }
  known list_held || refused "list the permissions of the $label"
  jq -rn --slurpfile wanted "$wanted" --slurpfile graph "$scratch/graph.json" --slurpfile held "$scratch/held.json" \
    --arg cloud "$cloud" '
    ($wanted[0] | map(select((.notIn // []) | index($cloud) | not))) as $here
    | $graph[0].id as $resource
    | ($graph[0].appRoles | map(select(.isEnabled and (.allowedMemberTypes | index("Application"))))) as $offered
    | ($offered | map({key: .value, value: .id}) | from_entries) as $ids
    | ($held[0] | map(select(.resourceId == $resource))) as $mine
    | ($offered | map({key: .id, value: .value}) | from_entries) as $names
    | ($here | map(.now = $ids[.name])) as $asked
    | ($asked | map(select(.now != null))) as $can
    | ($can | map(select(.now as $r | $mine | all(.appRoleId != $r)))) as $add
    | ($mine | map(select(.appRoleId as $r | $asked | all(.now != $r)) | {id, name: ($names[.appRoleId] // .appRoleId)})) as $spare
    | (($held[0] | length) - ($mine | length)) as $elsewhere
    | ["=", "\($can | length - ($add | length)) there, \($add | length) to add, \($spare | length) spare", $resource],
      ($add[] | ["+", .name, .now]),
      ($spare[] | ["-", .name, .id]),
      ($asked[] | select(.now == null) | ["!", "\(.name) is not offered in this tenant: what needs it will be refused", ""]),
      ($can[] | select(.now != .appRoleId) | ["!", "\(.name) has another id here than in the list; the one of the tenant counts", ""]),
      (select($elsewhere > 0) | ["!", "\($elsewhere) roles of other applications than Graph are left alone: who gave them?", ""])
    | join("\t")' >"$scratch/plan"
  while IFS=$'\t' read -r what name key; do
    case $what$spare in
      =*)
        tell "$label: $who, $name"
        resource=$key
        ;;
      +*)
        tell "  + $name"
        [[ -n $dry ]] || assign "$id" "$resource" "$key" "$name to the $label"
        ;;
      -keep) tell "  ? $name is spare: --remove-spare takes it away" ;;
      -*)
        tell "  - $name"
        [[ -n $dry ]] || unassign "$resource" "$key" "$name from the $label"
        ;;
      *) tell "  ! $name" ;;
    esac
  done <"$scratch/plan"
}

if [[ -n $reader ]]; then
  jq -c --arg preset "$preset" --arg exact "$exact" --arg spare "$spare" '
    ($exact | split(",")) as $names
    | if $spare == "all" then [] elif $names == [] then .reader[$preset]
      else .reader.all | map(select(.name as $n | $names | index($n))) end
    ' "$list" >"$scratch/wanted.json"
  settle reader "$reader" "$scratch/wanted.json"
fi
if [[ -n $restorer ]]; then
  jq -c --arg only "$only" --arg spare "$spare" '
    ($only | split(",")) as $names
    | if $spare == "all" then [] else .restorer | map(select($names == [] or (.name as $n | $names | index($n)))) end
    ' "$list" >"$scratch/wanted.json"
  settle restorer "$restorer" "$scratch/wanted.json"
fi
[[ -z $dry ]] || tell 'Nothing was written (--dry-run).'
