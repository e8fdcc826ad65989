#!/usr/bin/env bash
# Makes the app registration that callers of Lifeboat sign in to, or puts it right, and assigns its roles.
#
#   register-app.sh [--name NAME] [--display-name TEXT] [--assign OBJECT_ID=ROLE,ROLE...]... [--no-command-line]
#                   [--dry-run] [--graph-url URL]
#
#   --name             by which the registration is found again: lifeboat, if not said. One for each installation
#   --display-name     what people see: Lifeboat, if not said
#   --assign           gives roles to a user, a group or a service principal: Backup.Read, Backup.Run, Restore.Plan,
#                      Restore.Apply. As often as you like. Groups need Entra ID P1
#   --no-command-line  the Azure CLI and Azure PowerShell get no tokens in the name of who is signed in there
#   --dry-run          say what would be done, and write nothing
#   --graph-url        the Graph host, where `az cloud show` does not know it (US Government DoD)
#
# Needs bash, the Azure CLI, jq, and a sign-in (az login) with the directory role Cloud Application Administrator. It has no
# secret and makes none. Run it as often as you like: what is right stays as it is. It ends with 3 when Graph refuses who is
# signed in. On stdout, as NAME=VALUE: authClientId, authTenantId and audience, for the deployment.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=infra/scripts/graph.sh
. "$here/graph.sh"

role_needed='Cloud Application Administrator'
definition=$here/../graph-app.json
name=lifeboat title=Lifeboat command_line=true dry='' url='' assignments=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --name)
      name=$(value "$@")
      shift
      ;;
    --display-name)
      title=$(value "$@")
      shift
      ;;
    --assign)
      one=$(value "$@")
      assignments+=("$one")
      shift
      ;;
    --no-command-line) command_line=false ;;
    --dry-run) dry=yes ;;
    --graph-url)
      url=$(value "$@")
      shift
      ;;
    -h | --help) show_help; exit 0 ;;
    *) fail "unknown option $1; --help lists them" ;;
  esac
  shift
done
[[ $name =~ ^[A-Za-z0-9_-]{3,64}$ ]] || fail "--name takes 3 to 64 letters, digits, - and _; not '$name'"

# One line for each role to assign: principal, role, id of the role.
for one in ${assignments[@]+"${assignments[@]}"}; do
  check_id --assign "${one%%=*}"
  [[ $one == *=* ]] || fail "--assign takes OBJECT_ID=ROLE,ROLE; not '$one'"
  jq -r --arg who "${one%%=*}" --arg roles "${one#*=}" '
    (.appRoles | map({key: .value, value: .id}) | from_entries) as $ids
    | $roles | split(",")[] | [$who, ., ($ids[.] // "-")] | @tsv' "$definition"
done >"$scratch/roles"
unknown=$(awk -F '\t' '$3 == "-" {print $2}' "$scratch/roles")
[[ -z $unknown ]] || fail "there is no role $unknown; --help lists them"

open_graph "$url"
tenant=$(az account show --query tenantId -o tsv) || fail 'sign in first: az login'
uri=api://$tenant/$name
# No group may come out as a role: a claim of groups can be told to (emit_as_roles), and then whoever names a group gives
# out roles.
jq --arg title "$title" --arg uri "$uri" --argjson commandLine "$command_line" '{
  displayName: $title,
  description: "The API of Lifeboat, backup and restore of this tenant. It has no secret and needs none.",
  signInAudience: "AzureADMyOrg",
  identifierUris: [$uri],
  groupMembershipClaims: "None",
  optionalClaims: {accessToken: [], idToken: [], saml2Token: []},
  appRoles,
  api: {
    requestedAccessTokenVersion: 2,
    oauth2PermissionScopes: [.scope],
    preAuthorizedApplications: (.scope.id as $scope | if $commandLine then .clients | map({appId: ., delegatedPermissionIds: [$scope]}) else [] end)
  }
}' "$definition" >"$scratch/wanted.json"

# What is ours of a registration, in one form, to tell whether it is right.
# shellcheck disable=SC2016 # jq reads the dollars
form='{
  displayName, description, signInAudience, identifierUris, groupMembershipClaims,
  optionalClaims: ((.optionalClaims // {}) | [.accessToken, .idToken, .saml2Token] | map(. // [])),
  appRoles: ((.appRoles // []) | map({id, value, displayName, description, isEnabled, who: (.allowedMemberTypes | sort)}) | sort_by(.id)),
  api: ((.api // {}) | {
    requestedAccessTokenVersion,
    scopes: ((.oauth2PermissionScopes // []) | map({id, value, type, adminConsentDisplayName, adminConsentDescription, isEnabled})),
    clients: ((.preAuthorizedApplications // []) | map({appId, scopes: (.delegatedPermissionIds | sort)}) | sort_by(.appId))
  })
}'

read_app() { graph GET "/applications(uniqueName='$name')" >"$scratch/app.json"; }

if read_app; then
  if [[ $(jq -cS "$form" "$scratch/app.json") == "$(jq -cS "$form" "$scratch/wanted.json")" ]]; then
    tell "registration $name: right as it is"
  else
    tell "registration $name: differs, is put right"
    [[ -n $dry ]] || graph PATCH "/applications(uniqueName='$name')" "$(cat "$scratch/wanted.json")" >"$scratch/made" ||
      refused "change the registration"
  fi
elif problem_is 'Not Found|ResourceNotFound'; then
  tell "registration $name: is made"
  if [[ -n $dry ]]; then
    tell 'Its service principal and roles would follow. Nothing was written (--dry-run).'
    exit 0
  fi
  graph PATCH "/applications(uniqueName='$name')" "$(cat "$scratch/wanted.json")" 'Prefer=create-if-missing' >"$scratch/made" ||
    refused 'make the registration'
  known read_app || refused 'show the registration it just made'
else
  refused 'show the registration'
fi
client=$(jq -r .appId "$scratch/app.json")

read_principal() { graph GET "/servicePrincipals(appId='$client')" >"$scratch/principal.json"; }

if ! read_principal; then
  problem_is 'Not Found|ResourceNotFound' || refused 'show the service principal'
  tell 'service principal: is made'
  if [[ -z $dry ]]; then
    for ((tried = 1; ; tried++)); do
      graph POST /servicePrincipals "{\"appId\":\"$client\",\"appRoleAssignmentRequired\":true}" >"$scratch/made" && break
      problem_is 'already in use' && break
      problem_is 'does not reference a valid application' || refused 'make the service principal'
      [[ $tried -lt $attempts ]] || refused 'make the service principal'
      sleep "$pause"
    done
    known read_principal || refused 'show the service principal it just made'
  fi
fi
principal=''
if [[ -s $scratch/principal.json ]]; then
  read -r principal required < <(jq -r '"\(.id) \(.appRoleAssignmentRequired)"' "$scratch/principal.json")
  if [[ $required != true ]]; then
    tell 'service principal: from now on nobody gets a token without a role'
    [[ -n $dry ]] || graph PATCH "/servicePrincipals/$principal" '{"appRoleAssignmentRequired": true}' >"$scratch/made" ||
      refused 'change the service principal'
  fi
fi

: >"$scratch/held"
if [[ -n $principal ]]; then
  list_assigned() { graph_all "/servicePrincipals/$principal/appRoleAssignedTo" >"$scratch/assigned.json"; }
  known list_assigned || refused 'list who holds roles'
  jq -r '.[] | "\(.principalId)\t\(.appRoleId)"' "$scratch/assigned.json" >"$scratch/held"
fi
while IFS=$'\t' read -r who role id; do
  grep -qixF "$who"$'\t'"$id" "$scratch/held" && continue
  tell "  + $role for $who"
  [[ -n $dry ]] || assign "$who" "$principal" "$id" "$role to $who"
done <"$scratch/roles"

ours=("$scratch/app.json")
[[ ! -s $scratch/principal.json ]] || ours+=("$scratch/principal.json")
jq -rs '["app", "principal"] as $names | to_entries[] | $names[.key] as $what | .value
  | ((.passwordCredentials // []) + (.keyCredentials // []))[]
  | "  ! \($what): somebody added the credential \(.keyId) (\(.displayName // "without a name")). Nothing here uses one: remove it"' \
  "${ours[@]}" >&2
[[ -z $dry ]] || tell 'Nothing was written (--dry-run).'
printf 'authClientId=%s\nauthTenantId=%s\naudience=%s\n' "$client" "$tenant" "$uri"
