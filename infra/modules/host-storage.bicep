// The storage account of the Functions host: leases, queues and history of orchestrations, and the package of the app. It
// holds no backup. Nothing here may be immutable or versioned: the host rewrites its blobs all the time.

@description('Azure region of the account.')
param location string

@description('Tags of every resource here.')
param tags object = {}

@description('Name of the account: 3 to 24 lower-case letters and digits, unique in the whole cloud.')
@minLength(3)
@maxLength(24)
param name string

@description('How many copies Azure keeps. What lies here can be made anew by deploying again; a lost account ends the runs that are in progress. ZRS survives the loss of a zone.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param sku string = 'Standard_LRS'

@description('Container that the package of the app is deployed to.')
@minLength(3)
@maxLength(63)
param deploymentContainer string

@description('Enabled: reachable from the internet, with a sign-in; keys and anonymous access are off in any case. Disabled: only through private endpoints (blob, queue and table), which takes an app inside a virtual network.')
@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string = 'Enabled'

@description('Subnets (resource ids, with the service endpoint Microsoft.Storage) that alone may reach the account. Empty: no restriction by network.')
param allowedSubnetIds array = []

@description('Object (principal) id of the identity of the Functions host. The only one with rights here.')
param hostPrincipalId string

@description('Log Analytics workspace (resource id) that gets a line for each write to and deletion of a blob. Empty: no such logs.')
param workspaceId string = ''

@description('Whether reads, queues and tables are logged too. The host asks its queues every few seconds: this is a line each time.')
param logEverything bool = false

@description('Name of the task hub of the app (TASK_HUB_NAME). Needed only with largeMessageDays.')
param taskHubName string = ''

@description('After how many days the messages of orchestrations that were too large for a queue are deleted; 0: never. They are small, and the status of an orchestration that has ended can be asked for as long as they are there: set this only if the account grows, and to much more than the longest time without a backup or a restore.')
@minValue(0)
param largeMessageDays int = 0

var blobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var queueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var tableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var hostRoles = [
  blobDataOwner
  queueDataContributor
  tableDataContributor
]
var cleansUp = largeMessageDays > 0 && !empty(taskHubName)

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  // checkov:skip=CKV_AZURE_35:networkAcls denies by default as soon as subnets are named; without a network the app has no fixed address to admit
  // checkov:skip=CKV_AZURE_206:sku is a parameter; nothing here outlives a deployment
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
    allowCrossTenantReplication: false
    allowedCopyScope: 'AAD'
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
      defaultAction: publicNetworkAccess == 'Enabled' && empty(allowedSubnetIds) ? 'Allow' : 'Deny'
      bypass: 'AzureServices'
      virtualNetworkRules: [for id in allowedSubnetIds: { id: id, action: 'Allow' }]
      ipRules: []
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: false
    // Leases and checkpoints are rewritten every few seconds: soft deletion would keep each of them.
    deleteRetentionPolicy: { enabled: false }
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
  }
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: deploymentContainer
  properties: { publicAccess: 'None' }
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {}
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {}
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = if (cleansUp) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'old-large-messages'
          enabled: true
          type: 'Lifecycle'
          definition: {
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: largeMessageDays } } }
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['${toLower(taskHubName)}-largemessages/'] }
          }
        }
      ]
    }
  }
  dependsOn: [blobs]
}

resource rights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in hostRoles: {
  name: guid(account.id, hostPrincipalId, role)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    principalId: hostPrincipalId
    principalType: 'ServicePrincipal'
  }
}]

resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(workspaceId)) {
  name: 'to-workspace'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageRead', enabled: logEverything }
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(workspaceId) && logEverything) {
  name: 'to-workspace'
  scope: queueService
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageRead', enabled: true }
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

resource tableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(workspaceId) && logEverything) {
  name: 'to-workspace'
  scope: tableService
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageRead', enabled: true }
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

@description('Resource id of the account.')
output id string = account.id

@description('Name of the account.')
output name string = account.name

@description('Address of the blobs: AzureWebJobsStorage__blobServiceUri.')
output blobUrl string = account.properties.primaryEndpoints.blob

@description('Address of the queues: AzureWebJobsStorage__queueServiceUri.')
output queueUrl string = account.properties.primaryEndpoints.queue

@description('Address of the tables: AzureWebJobsStorage__tableServiceUri.')
output tableUrl string = account.properties.primaryEndpoints.table

@description('Container of the package. Coming from here, it is there before the app is.')
output deploymentContainer string = packages.name
