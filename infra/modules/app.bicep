// The Functions app: plan, site, its settings, and who may call it.
//
// Callers: App Service Authentication asks for a token of the app registration; the app itself then checks tenant and
// role on every call, and refuses all while authentication is off. No path is excluded. No function key is any use:
// every route is of level anonymous, which means that a key opens nothing, and the app looks for the signed-in caller.
// What remains is the host's own surface (/admin, /runtime/webhooks/durabletask): it asks for the master or a system key
// besides. Neither is ever handed out; who may list them is in docs/deploy.md.
//
// Nothing here holds a secret: storage, telemetry, deployment and Graph go by managed identity.

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the app: becomes its host name.')
param name string

@description('Blob endpoint of host storage.')
param hostBlobUrl string

@description('Queue endpoint of host storage.')
param hostQueueUrl string

@description('Table endpoint of host storage.')
param hostTableUrl string

@description('Container of host storage that holds the package.')
param deploymentContainer string

@description('Blob endpoint of backup storage.')
param backupBlobUrl string

@description('Table endpoint of backup storage.')
param backupTableUrl string

@description('Resource id of the host identity.')
param hostIdentityId string

@description('Client id of the host identity.')
param hostClientId string

@description('Resource id of the reader identity.')
param readerIdentityId string

@description('Client id of the reader identity.')
param readerClientId string

@description('Resource id of the restorer identity, or empty.')
param restorerIdentityId string = ''

@description('Client id of the restorer identity, or empty.')
param restorerClientId string = ''

@description('Connection string of Application Insights. It names the component; it is no credential, because the component takes signed-in senders alone.')
param telemetryConnection string

@description('Log Analytics workspace of the diagnostic settings.')
param workspaceId string

@description('Categories of the platform logs of the app that go to the workspace as well, such as FunctionAppLogs; empty: none. What functions and host log, and each request, are in Application Insights anyway, so this is paid for twice.')
param logCategories array = []

@description('Subnet of outgoing calls, or empty.')
param subnetId string = ''

@description('The tenant that is backed up. A managed identity exists in one tenant alone: that of the subscription.')
param tenantId string = tenant().tenantId

// Hosting

@description('flex: Flex Consumption, paid by use. premium: Elastic Premium, always on, for clouds and regions without Flex.')
@allowed(['flex', 'premium'])
param plan string = 'flex'

@description('Size of a Premium instance.')
@allowed(['EP1', 'EP2', 'EP3'])
param premiumSku string = 'EP1'

@description('Python of the platform. The package is built for 3.13.')
@allowed(['3.13'])
param pythonVersion string = '3.13'

@description('Memory of a Flex instance in MB.')
@allowed([512, 2048, 4096])
param memory int = 2048

@description('How many instances there may be at most: with flex of each group of functions (all HTTP, all orchestrations, each timer), and fewer than 40 not in every region; with premium of the app.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('Flex instances that are kept warm: objects with name (durable, http or function:<name>) and instanceCount. None: the first call after a pause takes some seconds longer.')
param alwaysReady array = []

@description('Whether instances are spread over zones. Needs a zone-redundant SKU of the host storage.')
param zoneRedundant bool = false

// Callers

@description('Client id of the app registration that callers sign in to (infra/scripts/register-app.sh makes it). While it is empty the timers work, and every call is refused.')
param authClientId string = ''

@description('Client ids of the applications that callers may use, besides the app registration itself. The default is the Azure CLI and Azure PowerShell.')
param callerApplications array = ['04b07795-8ddb-461a-bbee-02f9e1bf7b46', '1950a258-227b-4e31-a9cf-717495945fc2']

@description('public: reached from the internet by whoever signs in. private: through a private endpoint alone; brings privateNetwork with it.')
@allowed(['public', 'private'])
param appAccess string = 'public'

@description('Address ranges (CIDR) that may call the app; empty: all.')
param allowedAddresses array = []

@description('Address ranges (CIDR) that may deliver the package; empty: all who may sign in to do so.')
param deploymentAddresses array = []

@description('Web origins that a browser may call the app from. The app has no pages of its own.')
param corsOrigins array = []

// Settings of the app, with the defaults and limits of functions/settings.py

@description('Graph host of the cloud.')
@allowed(['https://graph.microsoft.com', 'https://graph.microsoft.us', 'https://dod-graph.microsoft.us', 'https://microsoftgraph.chinacloudapi.cn'])
param graphUrl string = 'https://graph.microsoft.com'

@description('Whether restores may be planned and applied. Needs the restorer identity and its Graph permissions.')
param enableRestore bool = false

@description('When a backup starts: NCRONTAB with seconds, UTC.')
param backupSchedule string = '0 0 2,14 * * *'

@description('When retention looks at the runs: NCRONTAB with seconds, UTC.')
param retentionSchedule string = '0 0 5 * * *'

@description('When the backups are verified: NCRONTAB with seconds, UTC.')
param verifySchedule string = '0 0 7 * * *'

@description('Name of the Durable task hub. A new one begins with an empty history.')
@minLength(3)
@maxLength(45)
param taskHubName string = 'lifeboat'

@description('Seconds that one activity works before it sets down a checkpoint.')
@minValue(1)
@maxValue(1800)
param backupTimeBudgetSeconds int = 240

@description('How often one call to Graph is repeated before it counts as failed.')
@minValue(0)
@maxValue(20)
param graphRetryLimit int = 6

@description('Seconds that one call to Graph may go without an answer.')
@minValue(1)
@maxValue(600)
param graphTimeoutSeconds int = 75

@description('Seconds that a restore plan may be applied, and, after it has ended, retried.')
@minValue(1)
@maxValue(86400)
param planLifetimeSeconds int = 3600

@description('Object ids of the emergency accounts, with commas between. A restore never leaves them without a way in.')
param breakGlassIds string = ''

@description('How many calls that write a restore may send in 150 seconds.')
@minValue(1)
@maxValue(3000)
param restoreWritesPer150Seconds int = 3000

@description('How many calls that write are under way at once.')
@minValue(1)
@maxValue(64)
param restoreParallel int = 16

@description('Seconds between two reads that check a write.')
@minValue(0)
@maxValue(60)
param restoreSettleSeconds int = 5

@description('How many equal reads in a row make a write certain.')
@minValue(1)
@maxValue(20)
param restoreSettleReads int = 5

@description('What retention does with runs that the rules do not keep: say so, remove them, or nothing.')
@allowed(['report', 'prune', 'off'])
param retentionMode string = 'report'

@description('Hours that a run has to have been reported as due before it is removed.')
@minValue(0)
@maxValue(720)
param retentionNoticeHours int = 24

@description('Every run of the last so many days stays.')
@minValue(1)
@maxValue(36500)
param retentionAllDays int = 7

@description('Of each of the last so many days, one run stays.')
@minValue(0)
@maxValue(36500)
param retentionDaily int = 30

@description('Of each of the last so many weeks, one run stays.')
@minValue(0)
@maxValue(5200)
param retentionWeekly int = 12

@description('Of each of the last so many months, one run stays.')
@minValue(0)
@maxValue(1200)
param retentionMonthly int = 12

@description('Of each of the last so many years, one run stays.')
@minValue(0)
@maxValue(100)
param retentionYearly int = 7

@description('Days that a restore plan and its journal stay after the plan has ended.')
@minValue(1)
@maxValue(36500)
param retentionPlansDays int = 365

@description('Days after which the timer reads a run through again.')
@minValue(1)
@maxValue(3650)
param verifyAgainDays int = 30

@description('An alert when more objects of a type than this are gone since the run before, and more than alertDeletedPercent.')
@minValue(0)
@maxValue(1000000000)
param alertDeletedCount int = 50

@description('The part of a type, in percent, that goes with alertDeletedCount.')
@minValue(0)
@maxValue(100)
param alertDeletedPercent int = 20

@description('An alert when more objects of a type than this differ from the run before, and more than alertChangedPercent.')
@minValue(0)
@maxValue(1000000000)
param alertChangedCount int = 500

@description('The part of a type, in percent, that goes with alertChangedCount.')
@minValue(0)
@maxValue(100)
param alertChangedPercent int = 30

@description('Seconds that a run waits before it asks again for objects that a suspicious number of which is gone.')
@minValue(0)
@maxValue(3600)
param doubtWaitSeconds int = 60

// Every setting that the app reads (docs/operations.md), and no other. A test holds the two lists equal.
var settings = {
  TENANT_ID: tenantId
  GRAPH_URL: graphUrl
  SNAPSHOT_BLOB_URL: backupBlobUrl
  SNAPSHOT_TABLE_URL: backupTableUrl
  READER_CLIENT_ID: readerClientId
  RESTORER_CLIENT_ID: restorerClientId
  RESTORE_ENABLED: enableRestore ? 'true' : 'false'
  BACKUP_SCHEDULE: backupSchedule
  RETENTION_SCHEDULE: retentionSchedule
  VERIFY_SCHEDULE: verifySchedule
  TASK_HUB_NAME: taskHubName
  BACKUP_TIME_BUDGET_SECONDS: string(backupTimeBudgetSeconds)
  GRAPH_RETRY_LIMIT: string(graphRetryLimit)
  GRAPH_TIMEOUT_SECONDS: string(graphTimeoutSeconds)
  PLAN_LIFETIME_SECONDS: string(planLifetimeSeconds)
  BREAK_GLASS_IDS: breakGlassIds
  RESTORE_WRITES_PER_150_SECONDS: string(restoreWritesPer150Seconds)
  RESTORE_PARALLEL: string(restoreParallel)
  RESTORE_SETTLE_SECONDS: string(restoreSettleSeconds)
  RESTORE_SETTLE_READS: string(restoreSettleReads)
  RETENTION_MODE: retentionMode
  RETENTION_NOTICE_HOURS: string(retentionNoticeHours)
  RETENTION_ALL_DAYS: string(retentionAllDays)
  RETENTION_DAILY: string(retentionDaily)
  RETENTION_WEEKLY: string(retentionWeekly)
  RETENTION_MONTHLY: string(retentionMonthly)
  RETENTION_YEARLY: string(retentionYearly)
  RETENTION_PLANS_DAYS: string(retentionPlansDays)
  VERIFY_AGAIN_DAYS: string(verifyAgainDays)
  ALERT_DELETED_COUNT: string(alertDeletedCount)
  ALERT_DELETED_PERCENT: string(alertDeletedPercent)
  ALERT_CHANGED_COUNT: string(alertChangedCount)
  ALERT_CHANGED_PERCENT: string(alertChangedPercent)
  DOUBT_WAIT_SECONDS: string(doubtWaitSeconds)
  AUTH_AUDIENCES: authClientId
}

// What the platform reads, on either plan. The three endpoints, not the account's name: national clouds need them.
var platform = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: hostClientId
  AzureWebJobsStorage__blobServiceUri: hostBlobUrl
  AzureWebJobsStorage__queueServiceUri: hostQueueUrl
  AzureWebJobsStorage__tableServiceUri: hostTableUrl
  APPLICATIONINSIGHTS_CONNECTION_STRING: telemetryConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${hostClientId};Authorization=AAD'
  WEBSITE_AUTH_AAD_ALLOWED_TENANTS: tenantId
  WEBSITE_AUTH_AAD_REQUIRE_CLIENT_SERVICE_PRINCIPAL: 'true'
}

// What Premium reads besides; Flex refuses these. The package is fetched from host storage by the host identity: the
// other way, a file share, would need a storage key.
var platformOfPremium = {
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'python'
  WEBSITE_RUN_FROM_PACKAGE: '${hostBlobUrl}${deploymentContainer}/lifeboat.zip'
  WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: hostIdentityId
}

var flex = plan == 'flex'
var twoIdentities = { '${hostIdentityId}': {}, '${readerIdentityId}': {} }
var identities = empty(restorerIdentityId) ? twoIdentities : union(twoIdentities, { '${restorerIdentityId}': {} })
var allSettings = union(settings, platform, flex ? {} : platformOfPremium)
var settingsList = [for each in items(allSettings): { name: each.key, value: each.value }]

var callers = [for (address, i) in allowedAddresses: { name: 'caller${i}', action: 'Allow', priority: 100 + i, ipAddress: address }]
var deployers = [for (address, i) in deploymentAddresses: { name: 'deployer${i}', action: 'Allow', priority: 100 + i, ipAddress: address }]

// Flex refuses most of siteConfig (error 51021), so each plan has its own, and Flex no more than it takes.
var flexConfig = {
  appSettings: settingsList
  minTlsVersion: '1.2'
  alwaysOn: false
  cors: { allowedOrigins: corsOrigins, supportCredentials: false }
  ipSecurityRestrictions: callers
  ipSecurityRestrictionsDefaultAction: empty(allowedAddresses) ? 'Allow' : 'Deny'
}
// Nowhere said to be refused, nor to be taken: so it is there only where somebody asks for it.
var deployersConfig = {
  scmIpSecurityRestrictions: deployers
  scmIpSecurityRestrictionsDefaultAction: 'Deny'
  scmIpSecurityRestrictionsUseMain: false
}
var flexSite = empty(deploymentAddresses) ? flexConfig : union(flexConfig, deployersConfig)
var premiumConfig = {
  appSettings: settingsList
  linuxFxVersion: 'PYTHON|${pythonVersion}'
  minTlsVersion: '1.2'
  scmMinTlsVersion: '1.2'
  ftpsState: 'Disabled'
  http20Enabled: true
  alwaysOn: false
  minimumElasticInstanceCount: 1
  functionAppScaleLimit: min(maximumInstances, 100)
  functionsRuntimeScaleMonitoringEnabled: !empty(subnetId)
  cors: { allowedOrigins: corsOrigins, supportCredentials: false }
  ipSecurityRestrictions: callers
  ipSecurityRestrictionsDefaultAction: empty(allowedAddresses) ? 'Allow' : 'Deny'
  scmIpSecurityRestrictions: deployers
  scmIpSecurityRestrictionsDefaultAction: empty(deploymentAddresses) ? 'Allow' : 'Deny'
  scmIpSecurityRestrictionsUseMain: false
}
var flexDeployment = {
  deployment: {
    storage: {
      type: 'blobContainer'
      value: '${hostBlobUrl}${deploymentContainer}'
      authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: hostIdentityId }
    }
  }
  runtime: { name: 'python', version: pythonVersion }
  scaleAndConcurrency: { instanceMemoryMB: memory, maximumInstanceCount: maximumInstances, alwaysReady: alwaysReady }
}

resource hosting 'Microsoft.Web/serverfarms@2025-03-01' = {
  // checkov:skip=CKV_AZURE_225: zones are a parameter; they need host storage of a zone-redundant SKU
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: flex ? 'functionapp' : 'elastic'
  sku: flex ? { name: 'FC1', tier: 'FlexConsumption' } : { name: premiumSku, tier: 'ElasticPremium' }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
    maximumElasticWorkerCount: flex ? null : min(maximumInstances, 100)
  }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  // checkov:skip=CKV_AZURE_15: TLS 1.2 is in both variables that siteConfig chooses from
  // checkov:skip=CKV_AZURE_18: HTTP/2 is on where it can be set (premiumConfig); Flex refuses the property
  // checkov:skip=CKV_AZURE_67: the same
  // checkov:skip=CKV_AZURE_78: FTP is off: publishing passwords are refused below, and Premium has it disabled
  // checkov:skip=CKV_AZURE_222: a parameter (appAccess); every caller signs in
  // checkov:skip=CKV_AZURE_17: callers show a token of the tenant; a client certificate would be one more secret
  // checkov:skip=CKV_AZURE_212: a backup is taken up again by any instance; nothing needs two at once
  // checkov:skip=CKV_AZURE_213: Flex has no health check, and no path of the app answers without signing in
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: identities
  }
  properties: {
    serverFarmId: hosting.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: appAccess == 'private' ? 'Disabled' : 'Enabled'
    keyVaultReferenceIdentity: hostIdentityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    // Flex sends everything through the subnet by itself.
    outboundVnetRouting: flex || empty(subnetId) ? null : { allTraffic: true }
    siteConfig: flex ? flexSite : premiumConfig
    functionAppConfig: flex ? flexDeployment : null
  }
}

// Without these two anybody with the publishing password of the app could put code of his own in its place.
resource ftpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'ftp'
  properties: { allow: false }
}

resource scmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'scm'
  properties: { allow: false }
}

resource authentication 'Microsoft.Web/sites/config@2025-03-01' = if (!empty(authClientId)) {
  // Each of these is about the configuration `web` of a site; this is `authsettingsV2`.
  // checkov:skip=CKV_AZURE_13: authentication is what this resource switches on
  // checkov:skip=CKV_AZURE_63: not this configuration; requests are in Application Insights
  // checkov:skip=CKV_AZURE_65: not this configuration; details of an error are for its log
  // checkov:skip=CKV_AZURE_66: not this configuration; requests are in Application Insights
  // checkov:skip=CKV_AZURE_80: no .NET here
  // checkov:skip=CKV_AZURE_88: a file share would need a storage key
  // checkov:skip=CKV_AZURE_222: not this configuration; appAccess decides
  parent: site
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true, runtimeVersion: '~1' }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
    }
    httpSettings: { requireHttps: true, routes: { apiPrefix: '/.auth' } }
    login: { tokenStore: { enabled: false } }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenantId}/v2.0'
          clientId: authClientId
        }
        validation: {
          allowedAudiences: ['api://${authClientId}', authClientId]
          defaultAuthorizationPolicy: { allowedApplications: union([authClientId], callerApplications) }
        }
      }
    }
  }
}

#disable-next-line use-recent-api-versions // the only version of this type that can be used
resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(logCategories)) {
  scope: site
  name: 'logs'
  properties: {
    workspaceId: workspaceId
    logs: [for category in logCategories: { category: category, enabled: true }]
  }
}

@description('Resource id of the app.')
output id string = site.id

@description('Name of the app.')
output name string = site.name

@description('Host name of the app.')
output hostName string = site.properties.defaultHostName

@description('Whether the app signs callers in. While it does not, it refuses them.')
output signsIn bool = !empty(authClientId)
