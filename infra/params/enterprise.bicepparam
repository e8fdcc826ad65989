// A large tenant: storage and app reached through private endpoints alone, files that nobody can delete for a month, a
// paired region, restores switched on, a copy elsewhere.
//   infra/scripts/deploy.sh infra/params/enterprise.bicepparam
// The package is delivered from inside the network: infra/scripts/deploy-package.sh.
using '../main.bicep'

param location = 'westeurope'
param appGroupName = 'rg-entra-backup'
param backupGroupName = 'rg-entra-backup-data'
param tags = { owner: 'identity-team', dataClass: 'confidential' }

param memory = 4096
param zoneRedundant = true
param backupSku = 'Standard_GZRS'
param authClientId = ''

param privateNetwork = true
param appAccess = 'private'
param addressSpace = '10.70.0.0/24'
param appSubnetRange = '10.70.0.0/26'
param endpointSubnetRange = '10.70.0.64/26'
// With a hub and central DNS: name the subnets and leave the zones to the team that has them.
// param appSubnetId = '/subscriptions/…/subnets/lifeboat-app'
// param endpointSubnetId = '/subscriptions/…/subnets/endpoints'
// param makeDnsZones = false

// Try it unlocked. To lock for good: 'locked', deploy, run what the output lockCommand says, then immutabilityIsLocked.
param immutability = 'unlocked'
param immutabilityDays = 30

// A key of your own: choose before the first deployment, see docs/deploy.md.
// param customerKey = {
//   keyVaultUri: 'https://kv-contoso-keys.vault.azure.net'
//   keyName: 'lifeboat'
//   identityId: '/subscriptions/…/userAssignedIdentities/id-lifeboat-key'
// }

// A copy in another region or tenant is deployed there first (params/copy.bicepparam); its output `feed` goes in here.
param copyTo = {}

// The log of requests to the backups, out of reach of whoever can delete the group of the app.
param auditWorkspaceId = ''
param logRetentionDays = 365
param logCategories = ['FunctionAppLogs']
param dailyCapGb = 5
param alertEmails = ['identity-team@contoso.example', 'soc@contoso.example']

param enableRestore = true
param breakGlassIds = ''
param backupSchedule = '0 0 1,7,13,19 * * *'
param backupHours = 14
param retentionMode = 'prune'
param retentionDaily = 90
param retentionWeekly = 52
param retentionMonthly = 36
