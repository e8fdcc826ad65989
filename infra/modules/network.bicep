// A virtual network of its own: one subnet for the app's outgoing calls, one for private endpoints, and the private DNS
// zones of storage and of the app. Nothing is made of what is given: an existing subnet, or DNS kept elsewhere.
// The endpoints themselves are in private-endpoints.bicep, because that of the app can only be made after the app, and
// the app needs its subnet first.

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What the names begin with.')
param namePrefix string

@description('Address range of the network.')
param addressSpace string

@description('Range of the app\'s subnet, inside addressSpace: a /27 or larger.')
param appSubnetRange string

@description('Range of the endpoints\' subnet, inside addressSpace: a /28 or larger.')
param endpointSubnetRange string

@description('The plan of the app: each wants its subnet delegated to another service.')
@allowed(['flex', 'premium'])
param plan string

@description('Resource id of an existing subnet for the app, delegated as the plan wants it; goes with endpointSubnetId. Empty: both are made.')
param appSubnetId string = ''

@description('Resource id of an existing subnet for the private endpoints; goes with appSubnetId. Empty: both are made.')
param endpointSubnetId string = ''

@description('Whether to make the private DNS zones here, linked to the network of the app. No: a policy or another team registers the endpoints.')
param makeDnsZones bool = true

@description('Resource id of a NAT gateway for the outgoing calls of the app, or empty.')
param natGatewayId string = ''

// One given and one made would be two networks that do not reach each other: then Azure is given no subnet, and refuses.
var makeNetwork = empty(appSubnetId) && empty(endpointSubnetId)
var delegation = plan == 'flex' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms'

// The names that private link uses for sites differ by cloud; those of storage follow from the storage suffix.
var sitesZones = {
  AzureCloud: 'privatelink.azurewebsites.net'
  AzureUSGovernment: 'privatelink.azurewebsites.us'
  AzureChinaCloud: 'privatelink.chinacloudsites.cn'
}
var zoneKinds = ['blob', 'queue', 'table', 'sites']
var zoneNames = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  sites: sitesZones[environment().name]
}
var ids = {
  blob: resourceId('Microsoft.Network/privateDnsZones', zoneNames.blob)
  queue: resourceId('Microsoft.Network/privateDnsZones', zoneNames.queue)
  table: resourceId('Microsoft.Network/privateDnsZones', zoneNames.table)
  sites: resourceId('Microsoft.Network/privateDnsZones', zoneNames.sites)
}

// No rule of its own: the built-in ones refuse everything from outside of the network, and the plan's own traffic inside
// of the subnet is its own affair.
resource appRules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = if (makeNetwork) {
  name: 'nsg-${namePrefix}-app'
  location: location
  tags: tags
  properties: { securityRules: [] }
}

resource endpointRules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = if (makeNetwork) {
  name: 'nsg-${namePrefix}-endpoints'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'HttpsFromTheNetwork'
        properties: {
          access: 'Allow'
          direction: 'Inbound'
          priority: 100
          protocol: 'Tcp'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'NothingElseComesIn'
        properties: {
          access: 'Deny'
          direction: 'Inbound'
          priority: 4000
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = if (makeNetwork) {
  name: 'vnet-${namePrefix}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressSpace] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appSubnetRange
          delegations: [{ name: 'app', properties: { serviceName: delegation } }]
          networkSecurityGroup: { id: appRules.id }
          natGateway: empty(natGatewayId) ? null : { id: natGatewayId }
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointSubnetRange
          defaultOutboundAccess: false
          networkSecurityGroup: { id: endpointRules.id }
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for kind in zoneKinds: if (makeDnsZones) {
  name: zoneNames[kind]
  location: 'global'
  tags: tags
}]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (kind, i) in zoneKinds: if (makeDnsZones) {
  parent: zones[i]
  name: 'vnet-${namePrefix}'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    // The app asks for the names, so it is its network that counts, wherever the endpoints are.
    virtualNetwork: { id: makeNetwork ? network.id : split(appSubnetId, '/subnets/')[0] }
  }
}]

@description('Subnet of the app.')
output appSubnetId string = makeNetwork ? '${network.id}/subnets/app' : (empty(appSubnetId) ? 'appSubnetId is missing' : appSubnetId)

@description('Subnet of the private endpoints.')
output endpointSubnetId string = makeNetwork ? '${network.id}/subnets/endpoints' : (empty(endpointSubnetId) ? 'endpointSubnetId is missing' : endpointSubnetId)

@description('Resource id of each private DNS zone by the kind of endpoint it serves (blob, queue, table, sites); empty where DNS is kept elsewhere.')
output zoneIds object = makeDnsZones ? ids : {}
