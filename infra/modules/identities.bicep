// The three user-assigned managed identities. User-assigned: their rights in storage and in Graph can be given before
// the app starts for the first time, and outlive the app when it is made anew. None of them has a secret, and a policy keeps
// it so: with a federated credential somebody who may change an identity could sign in as it from anywhere. Taking the
// policy away needs Owner or Resource Policy Contributor; Contributor on the group is not enough.
//   reader    reads the tenant (Graph permissions to read) and writes the backups
//   restorer  writes to the tenant (Graph permissions to write); exists only while restore is switched on
//   host      the Functions host itself: its storage, the deployment package, telemetry; nothing in Graph

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What the names begin with.')
param namePrefix string

@description('Whether there is an identity that may write to the tenant.')
param enableRestore bool

@description('Whether a policy on this resource group forbids federated credentials of managed identities.')
param forbidFederation bool = true

// Built-in, a preview: "Managed Identity Federated Credentials should be from allowed issuer types". It allows none
// unless told otherwise.
var federationPolicy = '2571b7c3-3056-4a61-b00a-9bc5232234f5'

#disable-next-line BCP081 // the type data of the offline check does not have it; the shape is that of Microsoft's template reference
resource noFederation 'Microsoft.Authorization/policyAssignments@2022-06-01' = if (forbidFederation) {
  name: '${namePrefix}-no-federation'
  properties: {
    displayName: 'Lifeboat: no federated credentials'
    description: 'The identities of Lifeboat are used by its app alone.'
    policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', federationPolicy)
    enforcementMode: 'Default'
    parameters: {
      allowFederatedCredentials: { value: false }
      effect: { value: 'Deny' }
    }
  }
}

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${namePrefix}-reader'
  location: location
  tags: tags
}

resource restorer 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (enableRestore) {
  name: 'id-${namePrefix}-restorer'
  location: location
  tags: tags
}

resource host 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${namePrefix}-host'
  location: location
  tags: tags
}

@description('Resource id of the reader.')
output readerId string = reader.id

@description('Object id of the reader: what permissions are granted to.')
output readerPrincipalId string = reader.properties.principalId

@description('Client id of the reader: what the app signs in with.')
output readerClientId string = reader.properties.clientId

@description('Resource id of the restorer, or empty.')
output restorerId string = enableRestore ? restorer.id : ''

@description('Object id of the restorer, or empty.')
output restorerPrincipalId string = enableRestore ? restorer!.properties.principalId : ''

@description('Client id of the restorer, or empty.')
output restorerClientId string = enableRestore ? restorer!.properties.clientId : ''

@description('Resource id of the host identity.')
output hostId string = host.id

@description('Object id of the host identity.')
output hostPrincipalId string = host.properties.principalId

@description('Client id of the host identity.')
output hostClientId string = host.properties.clientId
