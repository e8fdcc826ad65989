// Private endpoints of one resource, one for each of its kinds, each with its record in a private DNS zone.

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of what is reached through the endpoints.')
param targetId string

@description('Its name.')
param targetName string

@description('The kinds: blob, queue and table of a storage account, sites of an app.')
param kinds array

@description('Subnet of the endpoints.')
param subnetId string

@description('Resource id of the private DNS zone of each kind; a kind that is missing gets no record here.')
param zoneIds object

// One after the other: a storage account that takes up one connection refuses the next (StorageAccountOperationInProgress).
@batchSize(1)
resource endpoints 'Microsoft.Network/privateEndpoints@2025-05-01' = [for kind in kinds: {
  name: 'pep-${targetName}-${kind}'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    customNetworkInterfaceName: 'nic-${targetName}-${kind}'
    privateLinkServiceConnections: [
      {
        name: kind
        properties: {
          privateLinkServiceId: targetId
          groupIds: [kind]
        }
      }
    ]
  }
}]

resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [for (kind, i) in kinds: if (contains(zoneIds, kind)) {
  parent: endpoints[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: kind
        properties: { privateDnsZoneId: zoneIds[kind] }
      }
    ]
  }
}]
