// Where the app's log goes: a Log Analytics workspace, and Application Insights on it, which takes telemetry from
// identities alone. The host identity gets the role to send it.

@description('Region of the resources.')
param location string
@description('Tags of every resource.')
param tags object = {}
@description('Beginning of the names.')
@minLength(3)
@maxLength(40)
param namePrefix string
@description('Days that logs stay searchable. The first 31 cost nothing more than their ingestion.')
@minValue(30)
@maxValue(730)
param retentionDays int = 90
@description('Most GB a day that the workspace takes, so that a fault cannot run up a bill. What comes after is lost until the next day: the alert noCommittedRun then tells that nobody sees anything. -1 is no cap.')
param dailyCapGb int = 1
@description('Principal id of the identity of the Functions host, which sends the telemetry.')
param hostPrincipalId string
@description('Whether logs may be sent and read over the public network. Disabled takes an Azure Monitor private link scope, which these templates do not make.')
@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string = 'Enabled'

var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'log-${namePrefix}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyCapGb }
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true }
    publicNetworkAccessForIngestion: publicNetworkAccess
    publicNetworkAccessForQuery: publicNetworkAccess
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${namePrefix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
    DisableIpMasking: false
    publicNetworkAccessForIngestion: publicNetworkAccess
    publicNetworkAccessForQuery: publicNetworkAccess
  }
}

resource sender 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(component.id, hostPrincipalId, monitoringMetricsPublisher)
  scope: component
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
    principalId: hostPrincipalId
    principalType: 'ServicePrincipal'
  }
}

output workspaceId string = workspace.id
output componentId string = component.id
output connectionString string = component.properties.ConnectionString
