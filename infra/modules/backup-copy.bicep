// A second account that Azure copies the backups to: in another region, or in another tenant, where nobody of the first one
// has a right. It is the receiving half of object replication and is deployed first; backup-storage.bicep is the sending half.
// Files arrive some time after they are written (Azure promises no time). Tables are not copied: they are an index.

@description('Azure region of the account: another one than that of the backups.')
param location string

@description('Tags of every resource here.')
param tags object = {}

@description('Name of the account: 3 to 24 lower-case letters and digits, unique in the whole cloud.')
@minLength(3)
@maxLength(24)
param name string

@description('How many copies Azure keeps of the copy. LRS: one building. ZRS: three zones of the region.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param sku string = 'Standard_LRS'

@description('Resource id of the account that the backups are written to: /subscriptions/…/resourceGroups/…/providers/Microsoft.Storage/storageAccounts/…')
@minLength(60)
param sourceAccountId string

@description('Whether that account belongs to another Entra tenant than this one.')
param otherTenant bool = false

@description('Which containers are copied. Leave secrets out if recovery keys and passwords must not leave the first tenant; without them, they are lost with it.')
param containers array = ['snapshots', 'secrets']

@description('Files written before this moment are not copied. The default copies everything that is there.')
param copyFrom string = '1601-01-01T00:00:00Z'

@description('Name of the receiving policy. default: Azure makes an id. To change a policy that exists, give its id (output feed, policyId).')
param policyId string = 'default'

@description('off: what is deleted at the source is deleted here too, and can be brought back for softDeleteDays. unlocked: what has arrived stays for immutabilityDays, whatever happens at the source; an administrator of this account can take the policy away. locked: nobody can; after the deployment run infra/scripts/lock-immutability.sh once (output lockCommand), then set immutabilityIsLocked.')
@allowed(['off', 'unlocked', 'locked'])
param immutability string = 'unlocked'

@description('Set to true after lock-immutability.sh has locked the policies: Azure refuses to write to a locked policy.')
param immutabilityIsLocked bool = false

@description('For how many days after it arrived a file cannot be deleted, if immutability is not off.')
@minValue(1)
@maxValue(146000)
param immutabilityDays int = 30

@description('For how many days a deleted file, version or container can be brought back.')
@minValue(7)
@maxValue(365)
param softDeleteDays int = 90

@description('A file that was deleted at the source lives on here as an old version. Versions that were written more than this many days ago are deleted, and then lie in soft deletion for softDeleteDays.')
@minValue(1)
param versionDays int = 90

@description('After how many days a file is moved to the cool tier; 0: never.')
@minValue(0)
param tierToCoolDays int = 45

@description('After how many days a file is moved to the cold tier; 0: never. Whether replication copes with the cold tier is not said in its documentation, which names hot and cool: 0 until you have tried.')
@minValue(0)
param tierToColdDays int = 0

@description('After how many days a file is deleted here, whatever the source does; 0: never. Retention at the source deletes here too, except for what is immutable at that moment: Azure does not say whether it tries again later. If files stay, set this to more than the longest time that you keep a run.')
@minValue(0)
param deleteDays int = 0

@description('A lock that keeps the account from being deleted until somebody takes the lock away.')
param lock bool = true

@description('Enabled: reachable from the internet, with a sign-in; keys and anonymous access are off in any case. On the day that you need this account, your network may be gone too. Disabled: only through private endpoints.')
@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string = 'Enabled'

@description('Public IPv4 addresses or ranges (CIDR) that alone may read. Empty: no restriction by network.')
param allowedIps array = []

@description('Object ids, in the tenant of this account, of the people or the group who may read the copy. They read everything the directory held: few, with strong authentication, and none who depends on the first tenant to sign in.')
param readers array = []

@description('What the readers are.')
@allowed(['Group', 'User', 'ServicePrincipal'])
param readersType string = 'Group'

@description('Log Analytics workspace (resource id) that gets a line for each request to a blob. Empty: no such logs.')
param workspaceId string = ''

var blobDataReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
var keptPolicies = immutability == 'unlocked' || (immutability == 'locked' && !immutabilityIsLocked)
var prefixes = [for container in containers: '${container}/']
var tiers = union(tierToCoolDays > 0 ? { tierToCool: { daysAfterModificationGreaterThan: tierToCoolDays } } : {}, tierToColdDays > 0 ? { tierToCold: { daysAfterModificationGreaterThan: tierToColdDays } } : {})
var deletion = deleteDays > 0 ? { delete: { daysAfterCreationGreaterThan: deleteDays } } : {}
var ofCurrent = union(tiers, deletion)
var currentRules = empty(ofCurrent) ? [] : [
  {
    name: 'current-files'
    enabled: true
    type: 'Lifecycle'
    definition: {
      actions: { baseBlob: ofCurrent }
      filters: { blobTypes: ['blockBlob'], prefixMatch: prefixes }
    }
  }
]
var versionRules = [
  {
    name: 'old-versions'
    enabled: true
    type: 'Lifecycle'
    definition: {
      actions: { version: { delete: { daysAfterCreationGreaterThan: versionDays } } }
      filters: { blobTypes: ['blockBlob'], prefixMatch: prefixes }
    }
  }
]

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  // checkov:skip=CKV_AZURE_35:networkAcls denies by default as soon as addresses are named; the copy must be reachable when the first tenant's network is gone
  // checkov:skip=CKV_AZURE_206:sku is a parameter; the account is itself the second place
  // checkov:skip=CKV_AZURE_59:publicNetworkAccess is a parameter; anonymous access and keys are off in any case
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    defaultToOAuthAuthentication: true
    allowCrossTenantReplication: otherTenant
    // Null lets data come from anywhere. The scope of one tenant might also stop replication from another.
    allowedCopyScope: otherTenant ? null : 'AAD'
    isHnsEnabled: false
    isLocalUserEnabled: false
    isSftpEnabled: false
    sasPolicy: { sasExpirationPeriod: '1.00:00:00', expirationAction: 'Log' }
    encryption: {
      requireInfrastructureEncryption: true
      keySource: 'Microsoft.Storage'
      services: {
        blob: { enabled: true, keyType: 'Account' }
      }
    }
    publicNetworkAccess: publicNetworkAccess
    networkAcls: {
      defaultAction: publicNetworkAccess == 'Enabled' && empty(allowedIps) ? 'Allow' : 'Deny'
      bypass: 'AzureServices'
      virtualNetworkRules: []
      ipRules: [for address in allowedIps: { value: replace(address, '/32', ''), action: 'Allow' }]
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: { enabled: true, days: softDeleteDays, allowPermanentDelete: false }
    containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
  }
}

resource received 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [for container in containers: {
  parent: blobs
  name: container
  properties: { publicAccess: 'None' }
}]

resource policies 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2025-06-01' = [for (container, i) in containers: if (keptPolicies) {
  parent: received[i]
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: immutabilityDays
    allowProtectedAppendWrites: false
  }
}]

#disable-next-line BCP081 // not every release of the compiler knows this type
resource receiving 'Microsoft.Storage/storageAccounts/objectReplicationPolicies@2025-06-01' = {
  parent: account
  name: policyId
  properties: {
    sourceAccount: sourceAccountId
    destinationAccount: account.id
    rules: [for container in containers: {
      sourceContainer: container
      destinationContainer: container
      filters: { minCreationTime: copyFrom }
    }]
  }
  dependsOn: [blobs, received, lifecycle]
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = {
  parent: account
  name: 'default'
  properties: { policy: { rules: concat(currentRules, versionRules) } }
  dependsOn: [blobs]
}

resource mayRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for reader in readers: {
  name: guid(account.id, reader, blobDataReader)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataReader)
    principalId: reader
    principalType: readersType
  }
}]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(workspaceId)) {
  name: 'to-workspace'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageRead', enabled: true }
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
    notes: 'Holds a copy of the backups of a directory. Take this lock away only to delete it for good.'
  }
  dependsOn: [blobs, received, policies, receiving, lifecycle]
}

@description('Resource id of the account.')
output id string = account.id

@description('Address of the blobs: where the backups are read from when the first tenant is gone.')
output blobUrl string = account.properties.primaryEndpoints.blob

@description('What the sending side needs: give it to the deployment of the backups as copyTo.')
output feed object = {
  accountId: account.id
  policyId: receiving.properties.policyId
  rules: receiving.properties.rules
}

@description('What is left to do for locked policies; empty if nothing.')
output lockCommand string = immutability == 'locked' && !immutabilityIsLocked ? 'infra/scripts/lock-immutability.sh ${resourceGroup().name} ${account.name} ${join(containers, ' ')}' : ''
