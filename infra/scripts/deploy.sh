#!/usr/bin/env bash
# Deploys Lifeboat: from nothing to the first backup. Run again after it stopped, the same command goes on.
#
#   deploy.sh PARAMETER_FILE [NAME=VALUE]... [--yes] [--name NAME] [--assign OBJECT_ID=ROLE,ROLE...]... [--preset PRESET]
#             [--grant-restorer] [--package ZIP] [--auth-client-id ID] [--skip-registration] [--skip-grants]
#             [--skip-package] [--skip-backup] [--only what-if]
#
#   PARAMETER_FILE       one of infra/params, or your copy: .bicepparam
#   NAME=VALUE           a parameter of infra/main.bicep that shall not be as it is in the file
#   --yes                ask nothing
#   --name               of the deployment and of the app registration: lifeboat, if not said. One for each installation
#   --assign             who gets which role, instead of you Backup.Read,Backup.Run; 'none': nobody, and the app is not asked
#   --preset             essential, standard, everything or all: what the reader may read; standard, if not said
#   --grant-restorer     the restorer gets its permissions to write, now and not when there is something to restore
#   --package            this zip, instead of building one: lifeboat.zip of a release
#   --auth-client-id     of the app registration, with --skip-registration where the file does not have it
#   --skip-registration, --skip-grants, --skip-package, --skip-backup    somebody else does that, or nobody
#   --only what-if       show what would change, and end
#
# The steps: machine, resource providers, app registration, what-if, deployment, permissions, package, first answer of the
# app, preflight, first backup. It needs bash, the Azure CLI with Bicep, jq, curl, and to build the package make and
# Python 3.13. Without the directory role for a step it goes on with the others, and ends with the commands that are left
# to the administrator of the directory. It ends with 0 when all is done, 3 when something is left to them, 1 when
# it had to stop. No token is printed or handed over as an argument.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=infra/scripts/graph.sh
. "$here/graph.sh"

az_least=2.60.0 bicep_least=0.36.1
providers='Microsoft.Web Microsoft.App Microsoft.Storage Microsoft.ManagedIdentity Microsoft.OperationalInsights Microsoft.Insights Microsoft.Network'
given=("$@")
file='' name=lifeboat yes='' preset=standard restorer='' zip='' client='' only=''
skip_registration='' skip_grants='' skip_package='' skip_backup=''
overrides=() assign=() left=()
waiting=yes # for the app, or ask it once
while [[ $# -gt 0 ]]; do
  case $1 in
    --yes | -y) yes=yes ;;
    --name) name=$(value "$@"); shift ;;
    --assign) one=$(value "$@"); assign+=("$one"); shift ;;
    --preset) preset=$(value "$@"); shift ;;
    --grant-restorer) restorer=yes ;;
    --package) zip=$(value "$@"); shift ;;
    --auth-client-id) client=$(value "$@"); shift ;;
    --skip-registration) skip_registration=yes ;;
    --skip-grants) skip_grants=yes ;;
    --skip-package) skip_package=yes ;;
    --skip-backup) skip_backup=yes ;;
    --only) only=$(value "$@"); shift ;;
    -h | --help) show_help; exit 0 ;;
    -*) fail "unknown option $1; --help lists them" ;;
    authClientId=*) client=${1#*=} ;;
    [a-zA-Z]*=*) overrides+=("$1") ;;
    *) [[ -z $file ]] || fail "one parameter file, not $file and $1"; file=$1 ;;
  esac
  shift
done
[[ -z $only || $only == what-if ]] || fail "--only takes what-if; not '$only'"
[[ -z $client ]] || check_id --auth-client-id "$client"
[[ -n $file ]] || fail "name a parameter file, such as infra/params/small.bicepparam; --help says more"
[[ -r $file ]] || fail "there is no file $file"
[[ -z $zip || -r $zip ]] || fail "there is no package $zip"

# stop STEP WHAT [FILE]: ends it, with what was said and what to do.
stop() {
  [[ -z ${3:-} ]] || sed 's/^/  /' "$3" >&2
  printf '\n%s stopped at: %s. %s\n' "${0##*/}" "$1" "$2" >&2
  printf 'Then run the same command again: what is there stays, and it goes on.\n' >&2
  exit 1
}

ask() {
  [[ -z $yes ]] || return 0
  local said
  printf '%-14s%s [y/N] ' '' "$1"
  read -r said || fail 'nobody answers here: with --yes it asks nothing'
  [[ $said == [yY]* ]] || { echo 'Nothing was done.'; exit 1; }
}

at_least() { # VERSION LEAST, of three numbers each
  local is least at
  IFS=. read -r -a is <<<"$1"
  IFS=. read -r -a least <<<"$2"
  for at in 0 1 2; do
    [[ ${is[at]:-} =~ ^[0-9]+$ ]] || return 1
    ((10#${is[at]} == 10#${least[at]})) || { ((10#${is[at]} > 10#${least[at]})); return; }
  done
}

# of FILE NAME: the value in its lines of name, tab, value. Azure may hand out a name in another case.
of() {
  local name said
  shopt -s nocasematch
  while IFS=$'\t' read -r name said; do
    [[ $name != "$2" ]] || printf '%s' "$said"
  done <"$1"
  shopt -u nocasematch
}

command_line() { printf ' %q' "$@"; }

# --- The machine -----------------------------------------------------------------------------------------------------
tools='az jq curl'
[[ -n $zip$skip_package$only ]] || tools="$tools make"
for tool in $tools; do
  command -v "$tool" >/dev/null || fail "$tool is needed, and is not on PATH"
done
az_is=$(az version --output json | jq -r '."azure-cli"')
at_least "$az_is" "$az_least" || fail "the Azure CLI is $az_is, and has to be $az_least or later: az upgrade"
bicep_is=$(az bicep version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -1) || bicep_is=none
at_least "$bicep_is" "$bicep_least" || fail "Bicep is $bicep_is, and has to be $bicep_least or later: az bicep upgrade"
az account show --output json >"$scratch/account" 2>"$scratch/problem" || fail 'sign in first: az login'
line machine "Azure CLI $az_is, Bicep $bicep_is"
{ read -r user_type; read -r user; read -r told; } < <(
  jq -r '.user.type, .user.name, "\(.name) (\(.id)), tenant \(.tenantId), as \(.user.name)"' "$scratch/account")
line subscription "$told"

# --- The parameters --------------------------------------------------------------------------------------------------
parameter() { # NAME: as it will be deployed; nothing where the template's default holds
  local one found
  found=$(of "$scratch/parameters" "$1")
  for one in ${overrides[@]+"${overrides[@]}"}; do
    [[ $one != "$1="* ]] || found=${one#*=}
  done
  printf '%s' "$found"
}

az bicep build-params --file "$file" --stdout >"$scratch/built" 2>"$scratch/problem" ||
  stop "$file" 'Bicep does not take it: correct it.' "$scratch/problem"
jq -r '.parametersJson | fromjson | .parameters | to_entries[] | select(.value.value != null)
  | "\(.key)\t\(.value.value)"' "$scratch/built" >"$scratch/parameters"
location=$(parameter location) graph_url=$(parameter graphUrl)
[[ -n $location ]] || fail "$file has no location, such as westeurope"
[[ $(parameter alertEmails) != *contoso.example* ]] ||
  fail "the alerts would go to the address of the sample: change alertEmails in $file, or add alertEmails='[\"YOU@YOUR.DOMAIN\"]'"
[[ -z $restorer || $(parameter enableRestore) == true ]] || fail '--grant-restorer needs enableRestore=true'
[[ -n $client ]] || client=$(parameter authClientId)
[[ -n $only ]] || ask "Deploy $file there?"
graph_host=()
[[ -z $graph_url ]] || graph_host=(--graph-url "$graph_url")

# --- Resource providers ----------------------------------------------------------------------------------------------
if [[ -z $only ]]; then
  az provider list --query "[?registrationState=='Registered'].namespace" --output tsv >"$scratch/there" 2>"$scratch/problem" ||
    stop providers 'Who deploys needs rights on the subscription: docs/deploy.md.' "$scratch/problem"
  new=''
  for provider in $providers; do
    grep -qixF "$provider" "$scratch/there" && continue
    az provider register --namespace "$provider" --wait --output none 2>"$scratch/problem" ||
      stop providers "It takes Contributor on the subscription: az provider register --namespace $provider." "$scratch/problem"
    new="$new $provider"
  done
  line providers "${new:+registered now:$new; }all are there"
fi

# --- App registration ------------------------------------------------------------------------------------------------
registered() { sed -n 's/^authClientId=//p' "$scratch/registered"; }

whoami() {
  if [[ $user_type == servicePrincipal ]]; then
    az ad sp show --id "$user" --query id --output tsv
  else
    az ad signed-in-user show --query id --output tsv
  fi
}

if [[ -z $skip_registration$only ]]; then
  if [[ ${#assign[@]} -eq 0 ]]; then
    me=$(whoami 2>"$scratch/problem") || stop registration 'Say who gets roles: --assign, or --assign none.' "$scratch/problem"
    assign=("$me=Backup.Read,Backup.Run")
  else
    waiting='' # whether that is you, or a group of yours, shows when the app is asked
  fi
  register=(--name "$name" ${graph_host[@]+"${graph_host[@]}"})
  for one in "${assign[@]}"; do
    [[ $one == none ]] || register+=(--assign "$one")
  done
  status=0
  "$here/register-app.sh" "${register[@]}" >"$scratch/registered" 2>"$scratch/told" || status=$?
  case $status in
    0) line registration "$name: client id $(registered), $(grep -c '^  + ' "$scratch/told") roles given now" ;;
    3)
      waiting=''
      left+=("infra/scripts/register-app.sh$(command_line "${register[@]}")")
      # The registration may be there all the same: without its id, this deployment would shut its callers out.
      "$here/register-app.sh" --name "$name" ${graph_host[@]+"${graph_host[@]}"} --dry-run >"$scratch/registered" 2>/dev/null || true
      line registration "left to the administrator of the directory: $(tail -1 "$scratch/told")"
      ;;
    *) stop registration 'Correct that.' "$scratch/told" ;;
  esac
  [[ -z $client || -z $(registered) || $client == "$(registered)" ]] ||
    stop registration "The parameters say authClientId $client, and the registration $name is $(registered): take it out, or use --skip-registration."
  client=${client:-$(registered)}
fi
if [[ -z $client ]]; then # what it was deployed with before stays
  client=$(az deployment sub show --name "$name" --query properties.parameters.authClientId.value --output tsv 2>/dev/null) || client=''
fi

# --- What-if, deployment ---------------------------------------------------------------------------------------------
what=(--location "$location" --parameters "$file" ${overrides[@]+"${overrides[@]}"})
[[ -z $client ]] || what+=("authClientId=$client")
line what-if 'asking Azure what would change'
az deployment sub what-if --name "$name" "${what[@]}" 2>"$scratch/problem" ||
  stop what-if 'Correct the parameters, or have the rights given that docs/deploy.md names.' "$scratch/problem"
[[ -z $only ]] || exit 0
ask 'Deploy that?'
line deployment "$name to $location, some minutes"
az deployment sub create --name "$name" "${what[@]}" --query properties.outputs --output json >"$scratch/outputs" 2>"$scratch/problem" ||
  stop deployment "az deployment operation sub list --name $name shows each resource. Correct what it says." "$scratch/problem"
jq -r 'to_entries[] | "\(.key)\t\(.value.value)"' "$scratch/outputs" >"$scratch/out"
out() { of "$scratch/out" "$1"; } # NAME of an output
group=$(out AZURE_RESOURCE_GROUP) app=$(out LIFEBOAT_APP) api=$(out LIFEBOAT_API_URL)
[[ -n $group && -n $app && -n $api ]] || stop deployment 'It has no outputs: was it that of infra/main.bicep?'
line deployment "$app in $group; backups in $(out LIFEBOAT_BACKUP_STORAGE) in $(out LIFEBOAT_BACKUP_GROUP)"

# --- Permissions -----------------------------------------------------------------------------------------------------
# Before the app is there: the platform keeps the first token of an identity for up to a day, with what it held then.
grant=(--reader "$(out LIFEBOAT_READER_ID)" --preset "$preset" ${graph_host[@]+"${graph_host[@]}"})
[[ -z $restorer ]] || grant+=(--restorer "$(out LIFEBOAT_RESTORER_ID)")
status=0 granted=yes
"$here/grant-permissions.sh" "${grant[@]}" ${skip_grants:+--dry-run} >"$scratch/told" 2>&1 || status=$?
lacking=$(grep -c '^  + ' "$scratch/told") || true
if [[ $status -eq 0 && -z $skip_grants ]]; then
  line permissions "$lacking granted now, the others were there"
elif [[ $status -eq 0 && $lacking -eq 0 ]]; then
  line permissions 'all are there'
elif [[ $status -eq 3 || -n $skip_grants ]]; then
  granted='' left+=("infra/scripts/grant-permissions.sh$(command_line "${grant[@]}")")
  line permissions 'left to the administrator of the directory'
else
  stop permissions 'Correct that.' "$scratch/told"
fi
grep '^  ! ' "$scratch/told" || true

# --- Package ---------------------------------------------------------------------------------------------------------
if [[ -z $skip_package ]]; then
  if [[ -z $zip ]]; then
    line package 'building dist/lifeboat.zip'
    make -C "$here/../.." package >"$scratch/told" 2>&1 || stop package 'make package builds it: correct that, or give a release with --package.' "$scratch/told"
    zip=$here/../../dist/lifeboat.zip
  fi
  "$here/deploy-package.sh" "$group" "$app" "$zip" >"$scratch/told" 2>&1 ||
    stop package 'Who delivers needs the rights in docs/deploy.md, and has to reach the app.' "$scratch/told"
  while read -r told; do line package "$told"; done <"$scratch/told"
fi

# --- The app ---------------------------------------------------------------------------------------------------------
if [[ -z $client ]]; then
  line app 'has no registration yet, and refuses every call until then; its timers work'
elif [[ ${assign[0]:-} == none ]]; then
  line app 'is not asked (--assign none)'
else
  first=("$api" "$client" ${skip_backup:+--no-backup})
  [[ -n $waiting && -z $skip_package ]] || first+=(--once)
  [[ -n $granted ]] || first+=(--only-answer)
  "$here/first-backup.sh" "${first[@]}" || stop app 'See above.'
fi

# --- The end ---------------------------------------------------------------------------------------------------------
printf '\n'
[[ -z $client ]] || line call "export api=$api authClientId=$client, then as in docs/access.md (Calling)"
line look "the workbook and the alerts are in $group, the files in $(out LIFEBOAT_BACKUP_STORAGE), container snapshots"
line read 'docs/operations.md, from the first day on'
lock=$(out LIFEBOAT_LOCK_COMMAND)
[[ -z $lock ]] || line lock "what is left for locked immutability: $lock"
if [[ ${#left[@]} -gt 0 ]]; then
  printf '\nLeft to an administrator of the directory, who signs in with az login and runs:\n'
  printf '  %s\n' "${left[@]}"
  printf 'Permissions that come after the first backup of the timer may take a day to show. Then run again:\n'
  printf '  infra/scripts/deploy.sh%s\n' "$(command_line "${given[@]}")"
  exit 3
fi
