metadata description = 'The network: everything the app sends out leaves by one fixed public address, which ICE allow-lists.'

import { Names } from '../names.bicep'

param names Names
param location string
param tags object
param workspaceId string

@description('The network\'s address range, a /24 or larger.')
param addressPrefix string

@description('Availability zones of the public address; empty where the region has none.')
param zones string[]

@description('Whether storage and vault are reached by private endpoints instead of service endpoints.')
param hasPrivateEndpoints bool

// 64 addresses: 40 instances need an address each, Azure keeps five, and an update runs old and new side by side.
var appPrefix = cidrSubnet(addressPrefix, 26, 0)
var endpointPrefix = cidrSubnet(addressPrefix, 27, 2)

resource securityGroup 'Microsoft.Network/networkSecurityGroups@2024-07-01' = {
  name: names.networkSecurityGroup
  location: location
  tags: tags
  properties: {
    // The default rules: nothing comes in from the internet, everything may go out (SFTP sites have any port).
    securityRules: []
  }
}

resource outboundAddress 'Microsoft.Network/publicIPAddresses@2024-07-01' = {
  name: names.outboundAddress
  location: location
  tags: tags
  sku: { name: 'Standard' }
  zones: zones
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
  }
}

resource natGateway 'Microsoft.Network/natGateways@2024-07-01' = {
  name: names.natGateway
  location: location
  tags: tags
  sku: { name: 'Standard' }
  // A NAT gateway stands in one zone; without a zone named Azure chooses one.
  properties: {
    // An SFTP server may think for minutes between two packets.
    idleTimeoutInMinutes: 10
    publicIpAddresses: [{ id: outboundAddress.id }]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: names.network
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appPrefix
          networkSecurityGroup: { id: securityGroup.id }
          natGateway: { id: natGateway.id }
          // No other way out than the NAT gateway: an address of Azure's own choosing would be one that ICE does not know.
          defaultOutboundAccess: false
          delegations: [
            {
              name: 'flex'
              properties: { serviceName: 'Microsoft.App/environments' }
            }
          ]
          serviceEndpoints: hasPrivateEndpoints
            ? []
            : [{ service: 'Microsoft.Storage' }, { service: 'Microsoft.KeyVault' }]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointPrefix
          networkSecurityGroup: { id: securityGroup.id }
          defaultOutboundAccess: false
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }
}

resource networkLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: network
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource securityGroupLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: securityGroup
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

resource addressLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: outboundAddress
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output networkId string = network.id
output appSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'app')
output endpointSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'endpoints')
output natGatewayId string = natGateway.id
@description('The address that ICE allow-lists.')
output outboundIp string = outboundAddress.properties.ipAddress
