// The three user-assigned managed identities. User-assigned: their rights in storage and in Graph can be given before
// the app starts for the first time, and outlive the app when it is made anew. None of them has a secret.
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
