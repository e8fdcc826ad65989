// What the app may do with the backups: rights of the reader identity, on each container and each table, never on the account.
// It may delete blobs, because retention and a run that died remove files. Every such deletion can be undone for
// softDeleteDays: deleting versions for good, and ending versions, soft deletion or immutability, takes other rights.
// The restorer identity gets nothing here: the app reads and writes backups as the reader.

@description('Name of the storage account of the snapshots, in this resource group.')
param accountName string

@description('Object (principal) id of the reader identity.')
param readerPrincipalId string

@description('false: the built-in roles Storage Blob Data Contributor and Storage Table Data Contributor. They also allow deleting a container or a table as a whole. true: two roles of its own that allow what the app does and no more, and let it set index tags. Creating roles takes Owner or User Access Administrator; the role Role Based Access Control Administrator is not enough.')
param customRoles bool = false

var containerNames = [
  'snapshots'
  'secrets'
  'work'
]
var tableNames = [
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
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var tableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var ownBlobRole = guid(account.id, 'blobs of backups')
var ownTableRole = guid(account.id, 'rows of backups')
var blobRoleId = customRoles ? ownBlobRole : blobDataContributor
var tableRoleId = customRoles ? ownTableRole : tableDataContributor

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' existing = {
  parent: account
  name: 'default'
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' existing = {
  parent: account
  name: 'default'
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' existing = [for name in containerNames: {
  parent: blobs
  name: name
}]

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' existing = [for name in tableNames: {
  parent: tableService
  name: name
}]

resource blobRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (customRoles) {
  name: ownBlobRole
  properties: {
    roleName: 'Lifeboat backup files (${accountName})'
    description: 'Reads, writes and deletes blobs and their tags. Cannot delete containers or versions.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/read']
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/write'
        ]
        notDataActions: []
      }
    ]
  }
}

resource tableRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (customRoles) {
  name: ownTableRole
  properties: {
    roleName: 'Lifeboat backup index (${accountName})'
    description: 'Reads, writes and deletes rows. Cannot make or delete tables.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: ['Microsoft.Storage/storageAccounts/tableServices/tables/read']
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/tableServices/tables/entities/read'
          'Microsoft.Storage/storageAccounts/tableServices/tables/entities/write'
          'Microsoft.Storage/storageAccounts/tableServices/tables/entities/delete'
          'Microsoft.Storage/storageAccounts/tableServices/tables/entities/add/action'
          'Microsoft.Storage/storageAccounts/tableServices/tables/entities/update/action'
        ]
        notDataActions: []
      }
    ]
  }
}

resource ofContainers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (name, i) in containerNames: {
  name: guid(containers[i].id, readerPrincipalId, blobRoleId)
  scope: containers[i]
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobRoleId)
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
  }
  dependsOn: [blobRole]
}]

resource ofTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (name, i) in tableNames: {
  name: guid(tables[i].id, readerPrincipalId, tableRoleId)
  scope: tables[i]
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableRoleId)
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
  }
  dependsOn: [tableRole]
}]
