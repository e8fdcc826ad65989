#!/usr/bin/env bash
# Locks the immutability policies of the containers of backups. This cannot be undone by anybody, Microsoft included:
# the period can only grow, and the account cannot be deleted while it holds files that have not expired.
#
#   lock-immutability.sh RESOURCE_GROUP ACCOUNT [CONTAINER …]     containers: snapshots secrets, unless named
#   lock-immutability.sh --show RESOURCE_GROUP ACCOUNT [CONTAINER …]
#
# Needs az, signed in, with Contributor on the account. The policies must be there: deploy with immutability=unlocked (or
# locked) first. Afterwards set immutabilityIsLocked=true: Azure refuses every later deployment that writes the policies.
set -euo pipefail

show=false
if [ "${1:-}" = "--show" ]; then show=true; shift; fi
if [[ $# -lt 2 || $1 == -* ]]; then
  sed -n '2,/^[^#]/{s/^# \{0,1\}//p;}' "$0"
  [[ ${1:-} == -h || ${1:-} == --help ]] || exit 2
  exit 0
fi
group=$1 account=$2
shift 2
[ $# -gt 0 ] || set -- snapshots secrets

policy() { # container, query
  az storage container immutability-policy show --resource-group "$group" --account-name "$account" \
    --container-name "$1" --query "$2" --output tsv
}

open=()
for container in "$@"; do
  days=$(policy "$container" immutabilityPeriodSinceCreationInDays)
  state=$(policy "$container" state)
  echo "$account/$container: ${state:-no policy}, ${days:-0} days"
  if [ -z "$days" ] || [ "$days" = 0 ]; then
    if $show; then continue; fi
    echo "There is no policy on $container. Deploy with immutability=unlocked first." >&2
    exit 1
  fi
  [ "$state" = Locked ] || open+=("$container")
done
if $show; then exit 0; fi
if [ ${#open[@]} -eq 0 ]; then
  echo "All are locked. Set immutabilityIsLocked=true in the parameters."
  exit 0
fi

echo
echo "Locking ${open[*]} of $account cannot be undone. To go on, type the name of the account:"
read -r answer
if [ "$answer" != "$account" ]; then
  echo "Nothing was locked." >&2
  exit 1
fi
for container in "${open[@]}"; do
  # The etag makes sure that what is locked is the policy that was shown.
  az storage container immutability-policy lock --resource-group "$group" --account-name "$account" \
    --container-name "$container" --if-match "$(policy "$container" etag)" --output none
  echo "locked: $account/$container"
done
echo "Now set immutability=locked and immutabilityIsLocked=true in the parameters of the deployment."
