// Who is told when somebody lays hands on what protects the backups, or on the identities of the app: rules of the
// activity log, with an action group of their own. They lie in the resource group of the backups: there they outlive the
// app, and whoever may change the app alone cannot silence them. docs/watching.md has a section for each rule, under its
// key.

@description('Tags of every resource.')
param tags object = {}
@description('Beginning of the names: the storage account of the backups, of which there is one in the world.')
@minLength(3)
@maxLength(24)
param name string
@description('Resource id of the resource group of the app, whose identities are watched. Of this subscription: a rule watches its own alone.')
param appGroupId string
@description('Addresses that are told.')
param emails array = []
@description('Webhook that is told as well (https, common alert schema); empty for none. It is a secret where its address is one.')
@secure()
param webhookUrl string = ''
@description('Page of what each alert means, for the link in its description.')
param pageUrl string = 'docs/watching.md'

// Operations are named as the rights to them. That the activity log names each of them so is not verified.
var activities = [
  {
    key: 'lockRemoved'
    title: 'a lock of the backups was removed'
    description: 'Somebody removed a resource lock: the next step can be to delete the account.'
    app: false
    operations: [
      { field: 'operationName', equals: 'Microsoft.Authorization/locks/delete' }
    ]
  }
  {
    key: 'backupsDeleted'
    title: 'the backup account or a part of it is being deleted'
    description: 'Somebody deletes the storage account, a container or the resource group of the backups.'
    app: false
    operations: [
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/delete' }
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/blobServices/containers/delete' }
      { field: 'operationName', equals: 'Microsoft.Resources/subscriptions/resourceGroups/delete' }
    ]
  }
  {
    key: 'immutabilityChanged'
    title: 'the immutability of the backups was changed'
    description: 'Somebody wrote, removed, extended or locked an immutability policy, or lifted a legal hold.'
    app: false
    operations: [
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/write' }
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/delete' }
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/extend/action' }
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/lock/action' }
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/blobServices/containers/clearLegalHold/action' }
    ]
  }
  {
    key: 'protectionChanged'
    title: 'the settings of the backup account were changed'
    description: 'Somebody changed the account, its blob service or its lifecycle rules: keys, network, versions, soft delete, deletion by age. A deployment does so as well.'
    app: false
    operations: [
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/write' }
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/blobServices/write' }
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/managementPolicies/write' }
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/managementPolicies/delete' }
    ]
  }
  {
    key: 'keysTouched'
    title: 'the keys of the backup account were read or made anew'
    description: 'Nobody needs the keys of this account: they are switched off. Who asks for them wants to get round that.'
    app: false
    operations: [
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/listKeys/action' }
      { field: 'operationName', equals: 'Microsoft.Storage/storageAccounts/regenerateKey/action' }
    ]
  }
  {
    key: 'rightsChanged'
    title: 'rights on the backups were changed'
    description: 'Somebody gave or took a role on the backup account, a container of it or its resource group. Roles given above, on the subscription, do not show here.'
    app: false
    operations: [
      { field: 'operationName', equals: 'Microsoft.Authorization/roleAssignments/write' }
      { field: 'operationName', equals: 'Microsoft.Authorization/roleAssignments/delete' }
    ]
  }
  {
    key: 'identityFederated'
    title: 'an identity of the app can be used from elsewhere'
    description: 'Somebody gave a managed identity a federated credential, or took away or excepted something from the policy that forbids it: whoever holds the other end signs in as the reader or the restorer.'
    app: true
    operations: [
      { field: 'operationName', equals: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write' }
      { field: 'operationName', equals: 'Microsoft.Authorization/policyAssignments/delete' }
      { field: 'operationName', equals: 'Microsoft.Authorization/policyExemptions/write' }
    ]
  }
  {
    key: 'watchingRemoved'
    title: 'a log, a rule or its receivers were removed'
    description: 'Somebody removed an alert rule, the action group, the component or the workspace of the app: what the app logs reaches nobody.'
    app: true
    operations: [
      { field: 'operationName', equals: 'Microsoft.Insights/scheduledQueryRules/delete' }
      { field: 'operationName', equals: 'Microsoft.Insights/actionGroups/delete' }
      { field: 'operationName', equals: 'Microsoft.Insights/components/delete' }
      { field: 'operationName', equals: 'Microsoft.OperationalInsights/workspaces/delete' }
    ]
  }
]
var emailReceivers = [for (email, index) in emails: {
  name: 'email-${index}'
  emailAddress: email
  useCommonAlertSchema: true
}]
var webhookReceivers = empty(webhookUrl) ? [] : [{ name: 'webhook', serviceUri: webhookUrl, useCommonAlertSchema: true }]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'Global'
  tags: tags
  properties: {
    groupShortName: 'Lifeboat'
    enabled: true
    emailReceivers: emailReceivers
    webhookReceivers: webhookReceivers
  }
}

#disable-next-line BCP081 // the type data of the offline check does not have it; the shape is that of Microsoft's template reference
resource activityRules 'Microsoft.Insights/activityLogAlerts@2020-10-01' = [for rule in activities: {
  name: 'alert-${name}-${rule.key}'
  location: 'Global'
  tags: tags
  properties: {
    description: 'Lifeboat: ${rule.title}. ${rule.description} What to do: ${pageUrl}#${toLower(rule.key)}'
    enabled: true
    scopes: [rule.app ? appGroupId : resourceGroup().id] // a whole group: its locks and roles reach what lies in it
    condition: {
      allOf: [
        { field: 'category', equals: 'Administrative' }
        { anyOf: rule.operations }
      ]
    }
    actions: { actionGroups: [{ actionGroupId: group.id }] }
  }
}]
