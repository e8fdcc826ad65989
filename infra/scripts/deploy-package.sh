#!/usr/bin/env bash
# Delivers dist/lifeboat.zip to the app, as it is: nothing is built in Azure.
#
#   deploy-package.sh RESOURCE_GROUP APP [ZIP]     dist/lifeboat.zip, if no other is named
#
# flex     the zip is posted to the deployment address of the app, which puts it into host storage. Not by
#          `az functionapp deployment source config-zip`: for Python that asks for a build in Azure, whatever it is told.
# premium  the zip is put into host storage, from where the app fetches it with its identity.
#
# Needs az, signed in, curl and jq. Rights: Website Contributor on the app; for premium also Storage Blob Data Contributor
# on the container. Where the app is private, it has to run inside the network.
set -euo pipefail

if [[ $# -lt 2 || $1 == -* ]]; then
  sed -n '2,/^[^#]/{s/^# \{0,1\}//p;}' "$0"
  [[ ${1:-} == -h || ${1:-} == --help ]] || exit 2
  exit 0
fi
group=$1 app=$2 zip=${3:-"$(dirname "$0")/../../dist/lifeboat.zip"}
wait_seconds=${WAIT_SECONDS:-10}
attempts=${ATTEMPTS:-60}

[ -f "$zip" ] || { echo "no package at $zip: run 'make package' first" >&2; exit 1; }

plan=$(az functionapp show --resource-group "$group" --name "$app" --query "properties.sku || sku" --output tsv)

token() { az account get-access-token --resource "$manager" --query accessToken --output tsv; }

# The token goes to curl through its standard input: arguments can be read by everybody on the machine.
call() { printf 'header = "Authorization: Bearer %s"\n' "$(token)" | curl --silent --show-error --config - "$@"; }

# Until the platform knows the triggers of a package, no timer starts.
sync_triggers() {
  local tried
  for tried in 1 2 3; do
    [ "$tried" = 1 ] || sleep "$wait_seconds"
    az resource invoke-action --action syncfunctiontriggers --resource-type Microsoft.Web/sites \
      --resource-group "$group" --name "$app" --api-version 2024-11-01 --output none && return
  done
  return 1
}

to_flex() {
  local address manager reply body id watched status
  manager=$(az cloud show --query endpoints.resourceManager --output tsv) # of this cloud
  address=$(az functionapp show --resource-group "$group" --name "$app" \
    --query "(properties.hostNameSslStates || hostNameSslStates)[?hostType=='Repository'].name | [0]" --output tsv)
  [ -n "$address" ] || { echo "$app has no deployment address" >&2; exit 1; }
  reply=$(call --request POST --header 'Content-Type: application/zip' --data-binary "@$zip" --max-time 900 \
    --write-out '\n%{http_code}' "https://$address/api/publish?RemoteBuild=false&Deployer=lifeboat")
  body=${reply%$'\n'*}
  case "${reply##*$'\n'}" in
    2??) ;;
    *) echo "the deployment address answered ${reply##*$'\n'}: $body" >&2; exit 1 ;;
  esac
  # The answer is the id of the deployment. `latest` could still be the one before.
  id=$(printf '%s' "$body" | tr -d '"[:space:]')
  [[ $id =~ ^[A-Za-z0-9-]{8,64}$ ]] || id=latest
  watched=https://$address/api/deployments/$id
  for _ in $(seq "$attempts"); do
    status=$(call --max-time 60 "$watched" | jq -r '.status? // empty' 2>/dev/null || true)
    case "$status" in
      4 | 6)
        [ "$status" = 4 ] || echo "not all of it went well: $watched says what" >&2
        # The delivery looks at the triggers by a call to the app, which App Service Authentication can refuse.
        sync_triggers || echo "whether the timers are known is not sure: restart $app in some minutes" >&2
        echo "$app has the package"
        return
        ;;
      -1 | 3 | 5) echo "the deployment failed (status $status): $watched says why" >&2; exit 1 ;;
    esac
    sleep "$wait_seconds"
  done
  echo "the deployment has not ended after $((attempts * wait_seconds)) seconds: $watched" >&2
  exit 1
}

to_premium() {
  local url account container
  url=$(az functionapp config appsettings list --resource-group "$group" --name "$app" \
    --query "[?name=='WEBSITE_RUN_FROM_PACKAGE'].value | [0]" --output tsv)
  account=${url#https://} account=${account%%.*}
  container=${url#https://*/} container=${container%%/*}
  az storage blob upload --auth-mode login --account-name "$account" --container-name "$container" \
    --name lifeboat.zip --file "$zip" --overwrite --only-show-errors --output none
  az functionapp restart --resource-group "$group" --name "$app"
  # A package behind an address is not looked at before the triggers are asked for again.
  sync_triggers
  echo "$app restarts with the package"
}

case "$plan" in
  FlexConsumption) to_flex ;;
  ElasticPremium | Premium*) to_premium ;;
  *) echo "$app is on the plan '$plan', which Lifeboat is not made for" >&2; exit 1 ;;
esac
