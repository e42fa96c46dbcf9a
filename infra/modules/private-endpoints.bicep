metadata description = 'An option: storage and vault get addresses inside the network, and their public ones are closed.'

param prefix string
param location string
param tags object
param networkId string
param subnetId string
param storageId string
param vaultId string

@description('Private DNS zones that exist already (a hub\'s), by service; a service that is missing here gets a zone of its own.')
param zoneIds { blob: string?, queue: string?, vault: string? }

var services = [
  {
    key: 'blob'
    group: 'blob'
    zone: 'privatelink.blob.${environment().suffixes.storage}'
    zoneId: zoneIds.?blob
  }
  {
    key: 'queue'
    group: 'queue'
    zone: 'privatelink.queue.${environment().suffixes.storage}'
    zoneId: zoneIds.?queue
  }
  {
    key: 'vault'
    group: 'vault'
    zone: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
    zoneId: zoneIds.?vault
  }
]

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for service in services: if (service.zoneId == null) {
    name: service.zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (service, i) in services: if (service.zoneId == null) {
    parent: zones[i]
    name: 'link-${prefix}'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: networkId }
    }
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-07-01' = [
  for service in services: {
    name: 'pe-${prefix}-${service.key}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      customNetworkInterfaceName: 'nic-${prefix}-${service.key}'
      privateLinkServiceConnections: [
        {
          name: service.key
          properties: {
            privateLinkServiceId: service.key == 'vault' ? vaultId : storageId
            groupIds: [service.group]
          }
        }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-07-01' = [
  for (service, i) in services: {
    parent: endpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: service.key
          properties: { privateDnsZoneId: service.zoneId ?? zones[i].id }
        }
      ]
    }
  }
]
