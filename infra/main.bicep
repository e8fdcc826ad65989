// Everything, for a subscription: two resource groups, and what belongs into them.
//
//   rg-lifeboat           the app, its host storage, identities, telemetry, alerts, network
//   rg-lifeboat-backups   the storage account of the backups, locked against deletion
//
// Deleting the first leaves the backups, and deploying again with the same names takes them up where they are.
//
// Who needs which right:
//
// - Whoever deploys this file: Owner on the subscription, or Contributor and User Access Administrator. Contributor
//   makes resources; role assignments, the lock, the policy (forbidFederation) and (customRoles) role definitions take the
//   other. With lock, forbidFederation and customRoles false Role Based Access Control Administrator is enough beside
//   Contributor.
// - Into groups that exist (group.bicep): the same, on these groups alone.
// - An administrator of the directory: Cloud Application Administrator and Privileged Role Administrator, or Global
//   Administrator, for graph.bicep or scripts/register-app.sh and scripts/grant-permissions.sh. An Azure role is no help.
// - Whoever delivers the package (scripts/deploy-package.sh): Website Contributor on the app; with premium also Storage
//   Blob Data Contributor on the container of the package.
//
// docs/deploy.md has the steps, and what of this has not been tried in Azure.
targetScope = 'subscription'

@description('Azure region.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Tags of every resource.')
param tags object = {}

@description('Name of the azd environment; empty without azd. Becomes the tag azd-env-name of the group of the app, and of no other.')
param environmentName string = ''

@description('Resource group of the app.')
@minLength(1)
@maxLength(90)
param appGroupName string = 'rg-lifeboat'

@description('What the names begin with: lower-case letters and digits.')
@minLength(3)
@maxLength(9)
param namePrefix string = 'lifeboat'

// The backups

@description('Resource group of the backups. In a group of their own they stay when the group of the app is deleted.')
@minLength(1)
@maxLength(90)
param backupGroupName string = '${appGroupName}-backups'

@description('Name of the storage account of the backups; empty: made of namePrefix and the id of the group. Name an account that Lifeboat made before to go on with its backups.')
param backupStorageName string = ''

@description('How many copies Azure keeps of the backups, and where. Regions without zones or without a pair offer fewer.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_RAGRS', 'Standard_GZRS', 'Standard_RAGZRS'])
param backupSku string = 'Standard_GZRS'

@description('Whether files of a backup can be changed or deleted before immutabilityDays have passed. off: yes, and a deletion can be undone for softDeleteDays. unlocked: no, but an administrator can take the policy away. locked: no, by nobody, for good; takes infra/scripts/lock-immutability.sh besides (output lockCommand).')
@allowed(['off', 'unlocked', 'locked'])
param immutability string = 'off'

@description('Set to true once lock-immutability.sh has been run: Azure refuses to write to a locked policy.')
param immutabilityIsLocked bool = false

@description('Days for which a file can be neither changed nor deleted, if immutability is not off.')
@minValue(1)
@maxValue(146000)
param immutabilityDays int = 30

@description('Days for which a deleted file, version or container can be brought back.')
@minValue(7)
@maxValue(365)
param softDeleteDays int = 35

@description('Days after which a file is moved to the cool tier; 0: never.')
@minValue(0)
param tierToCoolDays int = 45

@description('Days after which a file is moved to the cold tier; 0: never, or where the cloud has none.')
@minValue(0)
param tierToColdDays int = 180

@description('Days after which old versions of deleted or replaced files are deleted.')
@minValue(1)
param versionDays int = 35

@description('A lock that keeps the account of the backups from being deleted, and with it its resource group.')
param lock bool = true

@description('A key of your own for encryption: {keyVaultUri, keyName, identityId}. {}: a key that Microsoft manages. Choose before the first deployment.')
param customerKey object = {}

@description('Public addresses (CIDR, /30 or larger) that alone may reach the backups, where the app comes through a private network. Empty: no rule by address.')
param backupAllowedIps array = []

@description('The copy that the backups are sent to: output feed of copy.bicep. {}: none.')
param copyTo object = {}

@description('Whether backups may be copied to an account of another Entra tenant.')
param allowCrossTenantReplication bool = false

@description('Log Analytics workspace (resource id) of the log of requests to the backups; empty: that of the installation, which goes when the group of the app goes.')
param auditWorkspaceId string = ''

@description('Whether the reader identity gets roles that are cut to what it does, instead of the built-in ones. Whoever deploys must then be able to make role definitions.')
param customRoles bool = false

@description('Whether a policy on the group of the app forbids federated credentials of its identities. Built-in, a preview of Azure.')
param forbidFederation bool = true

// Watching

@description('Days that logs stay searchable.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Most GB of logs a day. What comes after is lost until the next day. -1: no cap.')
param dailyCapGb int = 1

@description('Categories of the platform logs of the app that go to the workspace as well, such as FunctionAppLogs; empty: none. What functions and host log, and each request, are in Application Insights anyway, so this is paid for twice.')
param logCategories array = []

@description('Mail addresses that are told of alerts.')
param alertEmails array = []

@description('Webhook that is told of alerts as well; empty: none.')
@secure()
param alertWebhookUrl string = ''

@description('Hours within which a run has to be committed: the interval of the backups, the length of one, and some air.')
@minValue(2)
@maxValue(48)
param backupHours int = 26

@description('Hours within which a verification has to come to an end.')
@minValue(2)
@maxValue(48)
param verifyHours int = 36

@description('Whether somebody is told when rights, locks or keys of the account of the backups change, or an identity of the app can be used from elsewhere.')
param watchActivity bool = true

@description('Most that the group should cost in a month, in the currency of the subscription; 0: no budget.')
@minValue(0)
param budgetAmount int = 0

@description('First day of the budget: the first of the month in which it is made, as 2026-01-01. It cannot be changed later.')
param budgetStart string = ''

// Network

@description('Whether storage is reached through private endpoints alone, and the app calls through a virtual network.')
param privateNetwork bool = false

@description('Address range of the network that is made.')
param addressSpace string = '10.70.0.0/24'

@description('Range of the subnet of the app, inside addressSpace: a /27 or larger.')
param appSubnetRange string = '10.70.0.0/26'

@description('Range of the subnet of the private endpoints, inside addressSpace: a /28 or larger.')
param endpointSubnetRange string = '10.70.0.64/26'

@description('Existing subnet (resource id) for the app, delegated to Microsoft.App/environments (flex) or Microsoft.Web/serverFarms (premium); goes with endpointSubnetId. Empty: both are made.')
param appSubnetId string = ''

@description('Existing subnet (resource id) for the private endpoints; goes with appSubnetId. Empty: both are made.')
param endpointSubnetId string = ''

@description('Whether private DNS zones are made and linked to the network of the app. No: a policy or another team registers the endpoints.')
param makeDnsZones bool = true

@description('NAT gateway (resource id) of the outgoing calls of the app; empty: none.')
param natGatewayId string = ''

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

var allTags = union({ application: 'lifeboat' }, tags)

resource appGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: appGroupName
  location: location
  tags: empty(environmentName) ? allTags : union(allTags, { 'azd-env-name': environmentName })
}

// Without the tag of azd: what azd removes by its tag, it does not find here. `azd down` would find it all the same, by
// the deployment; azure.yaml refuses that command, and the lock on the account refuses the deletion.
resource backupGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: backupGroupName
  location: location
  tags: allTags
}

module installation 'group.bicep' = {
  name: 'lifeboat'
  scope: appGroup
  params: {
    location: location
    tags: allTags
    namePrefix: namePrefix
    backupGroupName: backupGroupName
    backupStorageName: backupStorageName
    backupSku: backupSku
    immutability: immutability
    immutabilityIsLocked: immutabilityIsLocked
    immutabilityDays: immutabilityDays
    softDeleteDays: softDeleteDays
    tierToCoolDays: tierToCoolDays
    tierToColdDays: tierToColdDays
    versionDays: versionDays
    lock: lock
    customerKey: customerKey
    backupAllowedIps: backupAllowedIps
    copyTo: copyTo
    allowCrossTenantReplication: allowCrossTenantReplication
    auditWorkspaceId: auditWorkspaceId
    customRoles: customRoles
    forbidFederation: forbidFederation
    logRetentionDays: logRetentionDays
    dailyCapGb: dailyCapGb
    logCategories: logCategories
    alertEmails: alertEmails
    alertWebhookUrl: alertWebhookUrl
    backupHours: backupHours
    verifyHours: verifyHours
    watchActivity: watchActivity
    budgetAmount: budgetAmount
    budgetStart: budgetStart
    privateNetwork: privateNetwork
    addressSpace: addressSpace
    appSubnetRange: appSubnetRange
    endpointSubnetRange: endpointSubnetRange
    appSubnetId: appSubnetId
    endpointSubnetId: endpointSubnetId
    makeDnsZones: makeDnsZones
    natGatewayId: natGatewayId
    plan: plan
    premiumSku: premiumSku
    pythonVersion: pythonVersion
    memory: memory
    maximumInstances: maximumInstances
    alwaysReady: alwaysReady
    zoneRedundant: zoneRedundant
    authClientId: authClientId
    callerApplications: callerApplications
    appAccess: appAccess
    allowedAddresses: allowedAddresses
    deploymentAddresses: deploymentAddresses
    corsOrigins: corsOrigins
    graphUrl: graphUrl
    enableRestore: enableRestore
    backupSchedule: backupSchedule
    retentionSchedule: retentionSchedule
    verifySchedule: verifySchedule
    taskHubName: taskHubName
    backupTimeBudgetSeconds: backupTimeBudgetSeconds
    graphRetryLimit: graphRetryLimit
    graphTimeoutSeconds: graphTimeoutSeconds
    planLifetimeSeconds: planLifetimeSeconds
    breakGlassIds: breakGlassIds
    restoreWritesPer150Seconds: restoreWritesPer150Seconds
    restoreParallel: restoreParallel
    restoreSettleSeconds: restoreSettleSeconds
    restoreSettleReads: restoreSettleReads
    retentionMode: retentionMode
    retentionNoticeHours: retentionNoticeHours
    retentionAllDays: retentionAllDays
    retentionDaily: retentionDaily
    retentionWeekly: retentionWeekly
    retentionMonthly: retentionMonthly
    retentionYearly: retentionYearly
    retentionPlansDays: retentionPlansDays
    verifyAgainDays: verifyAgainDays
    alertDeletedCount: alertDeletedCount
    alertDeletedPercent: alertDeletedPercent
    alertChangedCount: alertChangedCount
    alertChangedPercent: alertChangedPercent
    doubtWaitSeconds: doubtWaitSeconds
  }
  dependsOn: [backupGroup] // it deploys into that group as well
}

@description('Tenant that is backed up.')
output AZURE_TENANT_ID string = tenant().tenantId

@description('Resource group of the app.')
output AZURE_RESOURCE_GROUP string = appGroup.name

@description('Name of the app.')
output LIFEBOAT_APP string = installation.outputs.appName

@description('Address of the API.')
output LIFEBOAT_API_URL string = installation.outputs.apiUrl

@description('Whether callers can sign in. While they cannot, the app refuses every call; the timers work.')
output LIFEBOAT_SIGNS_IN bool = installation.outputs.signsIn

@description('Resource group of the backups.')
output LIFEBOAT_BACKUP_GROUP string = installation.outputs.backupGroup

@description('Storage account of the backups.')
output LIFEBOAT_BACKUP_STORAGE string = installation.outputs.backupStorage

@description('Resource id of the storage account of the backups: what a copy names as its source.')
output LIFEBOAT_BACKUP_STORAGE_ID string = installation.outputs.backupStorageId

@description('Storage account of the Functions host.')
output LIFEBOAT_HOST_STORAGE string = installation.outputs.hostStorage

@description('Object id of the reader: Graph permissions to read are granted to it.')
output LIFEBOAT_READER_ID string = installation.outputs.readerPrincipalId

@description('Object id of the restorer, or empty: Graph permissions to write are granted to it.')
output LIFEBOAT_RESTORER_ID string = installation.outputs.restorerPrincipalId

@description('What is left to do for locked immutability; empty: nothing.')
output LIFEBOAT_LOCK_COMMAND string = installation.outputs.lockCommand
