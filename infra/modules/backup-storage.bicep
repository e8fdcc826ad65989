// The storage account of the snapshots: containers, tables, and what protects them. It belongs into a resource group of its
// own, so that removing the app leaves it. Who may read and write in it is in storage-roles.bicep.

@description('Azure region of the account.')
param location string

@description('Tags of every resource here.')
param tags object = {}

@description('Name of the account: 3 to 24 lower-case letters and digits, unique in the whole cloud.')
@minLength(3)
@maxLength(24)
param name string

@description('How many copies Azure keeps, and where. GZRS: three zones of the region and the paired region (best). ZRS: three zones. GRS: one building and the paired region. LRS: one building (cheapest). Regions without zones or without a pair offer fewer. The paired region protects against losing a region, not against deletion: see backup-copy.bicep.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_RAGRS', 'Standard_GZRS', 'Standard_RAGZRS'])
param sku string = 'Standard_GZRS'

@description('Folder of this tenant in the containers: its directory (tenant) ID. Only left-over work files under it are ever deleted by a rule.')
@minLength(1)
param tenantFolder string

@description('Whether snapshots can be changed or deleted before immutabilityDays have passed. off: yes; a deletion can be undone for softDeleteDays. This does not take a policy away that is there. unlocked: no, but an administrator of the account can take the policy away: for trying it out. locked: no, by nobody, Microsoft included; the period can only grow. Bicep cannot lock: after the deployment run infra/scripts/lock-immutability.sh once (output lockCommand), then set immutabilityIsLocked. In both states retention removes a run only when its files have expired, and an account with locked policies cannot be deleted as long as it holds files that have not.')
@allowed(['off', 'unlocked', 'locked'])
param immutability string = 'off'

@description('Set to true after lock-immutability.sh has locked the policies. From then on a deployment leaves them alone, because Azure refuses to write to a locked policy; the period is prolonged with az storage container immutability-policy extend.')
param immutabilityIsLocked bool = false

@description('For how many days after it was written a file can be neither changed nor deleted, if immutability is not off. Keep it at or below the shortest retention that you want to be able to act: what is younger cannot be removed, whatever the retention rules say.')
@minValue(1)
@maxValue(146000)
param immutabilityDays int = 30

@description('For how many days a deleted file, version or container can be brought back. This is the time you have to notice a deletion while immutability is off.')
@minValue(7)
@maxValue(365)
param softDeleteDays int = 35

@description('After how many days a file is moved to the cool tier; 0: never. Counts from when it was written. Cool has a minimum of 30 days: a file that retention removes earlier is charged for the rest. The default is past the daily rule of retention, so that only what weekly, monthly and yearly rules keep is moved.')
@minValue(0)
param tierToCoolDays int = 45

@description('After how many days a file is moved to the cold tier; 0: never. Cold has a minimum of 90 days, and reading it costs several times as much: a deep verification reads everything. Set 0 where your cloud has no cold tier.')
@minValue(0)
param tierToColdDays int = 180

@description('A deleted or replaced file lives on as an old version. Versions that were written more than this many days ago are deleted, and then lie in soft deletion for softDeleteDays. Snapshots are written once, so versions come only from deletions.')
@minValue(1)
param versionDays int = 35

@description('After how many days left-over work files of a run that died are deleted. Must be longer than the longest run; runs clean up after themselves.')
@minValue(7)
param workDays int = 14

@description('For how many days the change feed (every write and deletion of a blob, in order) is kept.')
@minValue(1)
@maxValue(146000)
param changeFeedDays int = 90

@description('How often Azure writes a list of all blobs, versions and deleted blobs into the container inventory. off: never.')
@allowed(['off', 'Daily', 'Weekly'])
param inventory string = 'Weekly'

@description('For how many days these lists are kept.')
@minValue(1)
param inventoryDays int = 180

@description('A lock that keeps the account from being deleted until somebody takes the lock away. It does not keep blobs from being deleted. To take the installation down, remove the lock first.')
param lock bool = true

@description('Enabled: reachable from the internet, with a sign-in; keys and anonymous access are off in any case. Disabled: only through private endpoints.')
@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string = 'Enabled'

@description('Subnets (resource ids, with the service endpoint Microsoft.Storage) that alone may reach the account. Empty together with allowedIps: no restriction by network.')
param allowedSubnetIds array = []

@description('Public IPv4 addresses or ranges (CIDR, /30 or larger) that may reach the account besides. Private ranges, and addresses of Azure services in the same region, cannot be named here.')
param allowedIps array = []

@description('A key of your own for encryption; {} for a key that Microsoft manages. {keyVaultUri, keyName, identityId}: a key in an existing vault with purge protection, and a user-assigned identity that has the role Key Vault Crypto Service Encryption User on it. Vault and identity are yours, not of this deployment: a key that goes away with the installation would take the backups with it. Whoever can disable the key can make all backups unreadable. Choose before the first deployment: tables are encrypted with it only if the account was made so.')
param customerKey object = {}

@description('Log Analytics workspace (resource id) that gets a line for each request to blobs and tables. Empty: no such logs.')
param workspaceId string = ''

@description('Whether reads are logged too, not just writes and deletions. Needed to tell who has looked at backups; most of the volume.')
param logReads bool = true

@description('Whether blobs may be replicated to an account of another Entra tenant. Needed only for a copy there (backup-copy.bicep).')
param allowCrossTenantReplication bool = false

@description('The copy that this account feeds: {accountId, policyId, rules}, the output feed of infra/copy.bicep. {}: no copy.')
param copyTo object = {}

var tables = [
  'Audit'
  'IdMap'
  'Logs'
  'Objects'
  'Reports'
  'Restores'
  'Runs'
  'Settings'
  'Versions'
]
// What is written once, and may be immutable. `work` must never be: the app removes what it sets down there.
var writtenOnce = [
  'snapshots'
  'secrets'
]
var work = 'work'
var inventoryContainer = 'inventory'
var ownKey = !empty(customerKey)
var feed = union({ accountId: '', policyId: 'none', rules: [] }, copyTo)
var reachable = publicNetworkAccess == 'Enabled' && empty(allowedSubnetIds) && empty(allowedIps)
var keptPolicies = immutability == 'unlocked' || (immutability == 'locked' && !immutabilityIsLocked)

var tiers = union(tierToCoolDays > 0 ? { tierToCool: { daysAfterModificationGreaterThan: tierToCoolDays } } : {}, tierToColdDays > 0 ? { tierToCold: { daysAfterModificationGreaterThan: tierToColdDays } } : {})
var tierRules = empty(tiers) ? [] : [
  {
    name: 'snapshots-to-cooler-tiers'
    enabled: true
    type: 'Lifecycle'
    definition: {
      actions: { baseBlob: tiers }
      filters: { blobTypes: ['blockBlob'], prefixMatch: ['snapshots/', 'secrets/'] }
    }
  }
]
// No rule deletes a current blob of snapshots or secrets: the app removes whole runs, and only it knows which are needed.
var deletionRules = [
  {
    name: 'old-versions'
    enabled: true
    type: 'Lifecycle'
    definition: {
      actions: { version: { delete: { daysAfterCreationGreaterThan: versionDays } } }
      filters: { blobTypes: ['blockBlob'], prefixMatch: ['snapshots/', 'secrets/', 'inventory/'] }
    }
  }
  {
    // Nobody wants work files back: their versions would be most of what versions cost.
    name: 'old-versions-of-work-files'
    enabled: true
    type: 'Lifecycle'
    definition: {
      actions: { version: { delete: { daysAfterCreationGreaterThan: 1 } } }
      filters: { blobTypes: ['blockBlob'], prefixMatch: ['work/'] }
    }
  }
  {
    name: 'left-over-work-files'
    enabled: true
    type: 'Lifecycle'
    definition: {
      actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: workDays } } }
      filters: { blobTypes: ['blockBlob'], prefixMatch: ['work/${tenantFolder}/_work/'] }
    }
  }
  {
    name: 'old-inventory'
    enabled: true
    type: 'Lifecycle'
    definition: {
      actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: inventoryDays } } }
      filters: { blobTypes: ['blockBlob'], prefixMatch: ['inventory/'] }
    }
  }
]

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  // checkov:skip=CKV_AZURE_35:networkAcls denies by default as soon as subnets or addresses are named; without a network the app has no fixed address to admit
  // checkov:skip=CKV_AZURE_206:sku is a parameter, with what each means; GZRS unless something else is asked for
  // checkov:skip=CKV_AZURE_59:publicNetworkAccess is a parameter; anonymous access and keys are off in any case
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  identity: ownKey ? { type: 'UserAssigned', userAssignedIdentities: { '${customerKey.identityId}': {} } } : { type: 'None' }
  properties: {
    accessTier: 'Hot'
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    defaultToOAuthAuthentication: true
    allowCrossTenantReplication: allowCrossTenantReplication
    // Of copies that somebody makes into this account; what is replicated out of it to another tenant is none of these.
    allowedCopyScope: 'AAD'
    isHnsEnabled: false
    isLocalUserEnabled: false
    isSftpEnabled: false
    // Without keys only signatures that a signed-in user delegates are left; longer ones than this show in the logs.
    sasPolicy: { sasExpirationPeriod: '1.00:00:00', expirationAction: 'Log' }
    encryption: union({
      requireInfrastructureEncryption: true
      keySource: ownKey ? 'Microsoft.Keyvault' : 'Microsoft.Storage'
      services: {
        blob: { enabled: true, keyType: 'Account' }
        table: { enabled: true, keyType: ownKey ? 'Account' : 'Service' }
      }
    }, ownKey ? { identity: { userAssignedIdentity: customerKey.identityId }, keyvaultproperties: { keyvaulturi: customerKey.keyVaultUri, keyname: customerKey.keyName } } : {})
    publicNetworkAccess: publicNetworkAccess
    networkAcls: {
      defaultAction: reachable ? 'Allow' : 'Deny'
      bypass: 'AzureServices'
      virtualNetworkRules: [for id in allowedSubnetIds: { id: id, action: 'Allow' }]
      ipRules: [for address in allowedIps: { value: replace(address, '/32', ''), action: 'Allow' }]
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: true
    changeFeed: { enabled: true, retentionInDays: changeFeedDays }
    deleteRetentionPolicy: { enabled: true, days: softDeleteDays, allowPermanentDelete: false }
    containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
  }
}

resource onceContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [for container in writtenOnce: {
  parent: blobs
  name: container
  properties: { publicAccess: 'None' }
}]

resource workContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: work
  properties: { publicAccess: 'None' }
}

resource inventories 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: inventoryContainer
  properties: { publicAccess: 'None' }
}

resource policies 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2025-06-01' = [for (container, i) in writtenOnce: if (keptPolicies) {
  parent: onceContainers[i]
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: immutabilityDays
    allowProtectedAppendWrites: false
  }
}]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {}
}

// Tables have neither versions nor soft deletion in Azure. They are an index: it can be made again from the files.
resource tablesOfTheIndex 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = [for table in tables: {
  parent: tableService
  name: table
}]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = {
  parent: account
  name: 'default'
  properties: { policy: { rules: concat(tierRules, deletionRules) } }
  dependsOn: [blobs]
}

resource inventoryPolicy 'Microsoft.Storage/storageAccounts/inventoryPolicies@2025-06-01' = if (inventory != 'off') {
  parent: account
  name: 'default'
  properties: {
    policy: {
      enabled: true
      type: 'Inventory'
      rules: [
        {
          name: 'everything'
          enabled: true
          destination: inventories.name
          definition: {
            format: 'Csv'
            schedule: inventory
            objectType: 'Blob'
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['snapshots/', 'secrets/', 'work/']
              includeBlobVersions: true
              includeDeleted: true
            }
            schemaFields: ['Name', 'Creation-Time', 'Last-Modified', 'Content-Length', 'Content-MD5', 'BlobType', 'AccessTier', 'VersionId', 'IsCurrentVersion', 'Deleted', 'RemainingRetentionDays']
          }
        }
      ]
    }
  }
  // One change of the account at a time: it refuses a second one while it is at the first.
  dependsOn: [lifecycle]
}

// The other half is in backup-copy.bicep, which is deployed first and gives the ids.
#disable-next-line BCP081 // not every release of the compiler knows this type
resource replication 'Microsoft.Storage/storageAccounts/objectReplicationPolicies@2025-06-01' = if (!empty(copyTo)) {
  parent: account
  name: feed.policyId
  properties: {
    sourceAccount: account.id
    destinationAccount: feed.accountId
    rules: feed.rules
  }
  dependsOn: [blobs, onceContainers, inventoryPolicy]
}

resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(workspaceId)) {
  name: 'to-workspace'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageRead', enabled: logReads }
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

resource tableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(workspaceId)) {
  name: 'to-workspace'
  scope: tableService
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageRead', enabled: logReads }
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

resource noDeletion 'Microsoft.Authorization/locks@2020-05-01' = if (lock) {
  name: 'keep-the-backups'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'Holds the backups of the directory. Take this lock away only to delete them for good.'
  }
  dependsOn: [blobs, onceContainers, workContainer, inventories, tablesOfTheIndex, policies, lifecycle]
}

@description('Resource id of the account.')
output id string = account.id

@description('Name of the account.')
output name string = account.name

@description('Address of the blobs: SNAPSHOT_BLOB_URL of the app.')
output blobUrl string = account.properties.primaryEndpoints.blob

@description('Address of the tables: SNAPSHOT_TABLE_URL of the app.')
output tableUrl string = account.properties.primaryEndpoints.table

@description('What is left to do for locked policies; empty if nothing.')
output lockCommand string = immutability == 'locked' && !immutabilityIsLocked ? 'infra/scripts/lock-immutability.sh ${resourceGroup().name} ${account.name}' : ''
