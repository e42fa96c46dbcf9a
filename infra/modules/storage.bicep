metadata description = 'The storage account: every container and queue the connector needs, what may not be changed in them, and for how long old versions stay.'

import { Names } from '../names.bicep'

param names Names
param location string
param tags object
param appSubnetId string
param sku string

@description('Whether only private endpoints (and allowedAddresses) reach the account.')
param hasPrivateEndpoints bool

@description('Public addresses or ranges of people who look into the account, e.g. the auditor\'s office.')
param allowedAddresses string[]

@description('off: nothing is immutable, for development. unlocked: policies are written, and can still be taken back. locked: they have been locked (docs/deploy.md) and this deployment leaves them alone, since Azure refuses to write a locked policy again.')
param immutability 'off' | 'unlocked' | 'locked'

@description('How long nothing in evidence, ledger and audit can be changed or deleted, counted from a blob\'s last write.')
param retentionInDays int

// shared/store/paths.ts is the truth of the containers; a test compares.
var containers = {
  evidence: { immutable: true, appendable: false }
  drops: { immutable: false, appendable: false }
  released: { immutable: false, appendable: false }
  chats: { immutable: false, appendable: false }
  people: { immutable: false, appendable: false }
  routed: { immutable: false, appendable: false }
  work: { immutable: false, appendable: false }
  // Append blobs may grow under the policy; what was appended cannot be changed.
  ledger: { immutable: true, appendable: true }
  reports: { immutable: false, appendable: false }
  state: { immutable: false, appendable: false }
  feeds: { immutable: false, appendable: false }
  audit: { immutable: true, appendable: false }
  // The functions host's own: locks and timers, keys. Made here so that a role can be given on them alone.
  'azure-webjobs-hosts': { immutable: false, appendable: false }
  'azure-webjobs-secrets': { immutable: false, appendable: false }
  // The app's package, put there by the platform at each deployment.
  'app-package': { immutable: false, appendable: false }
}

// shared/store/queues.ts is the truth of the queues; each has its -poison, since the host makes that one only when it needs it
// and the function that empties it would fail until then.
var queues = ['fetches', 'chats', 'partitions', 'mailboxes', 'checks']
var poisonQueues = [...map(queues, queue => '${queue}-poison'), 'webjobs-blobtrigger-poison']

// Deleting a blob under versioning keeps it as a version. For plaintext that would undo the deletion (R5): a day is enough to
// undo a mistake, and a replay decrypts the evidence again.
var versionRules = [
  {
    name: 'plaintext-versions'
    // state/check/ holds the addresses that the doctor was given, while it is at work.
    prefixes: ['drops/', 'chats/', 'people/', 'routed/', 'work/', 'state/check/']
    days: 1
  }
  {
    // Written again and again, some every five minutes: Azure advises fewer than 1,000 versions of a blob.
    name: 'busy-state-versions'
    prefixes: [
      'azure-webjobs-hosts/'
      'state/fetch/'
      'state/lock/'
      'state/open/'
      'state/run/'
      'state/file/'
      'state/known/'
      'state/unclean/'
      'state/rate/'
    ]
    days: 3
  }
  {
    name: 'quiet-state-versions'
    prefixes: [
      'state/connector/'
      'state/mapping/'
      'state/closed/'
      'state/mailbox/'
      'state/dead/'
      'state/plaintext/'
      'state/draft/'
      'state/validation/'
    ]
    days: 90
  }
  {
    name: 'other-versions'
    prefixes: ['feeds/', 'reports/', 'released/', 'app-package/', 'azure-webjobs-secrets/']
    days: 90
  }
]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: names.storageAccount
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowedCopyScope: 'AAD'
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    isHnsEnabled: false
    isLocalUserEnabled: false
    isSftpEnabled: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: hasPrivateEndpoints && empty(allowedAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'None'
      virtualNetworkRules: hasPrivateEndpoints ? [] : [{ id: appSubnetId, action: 'Allow' }]
      ipRules: map(allowedAddresses, address => { value: address, action: 'Allow' })
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    // Container policies and append blobs go with versioning: appending makes no version, and a policy refuses overwriting before
    // there could be one.
    isVersioningEnabled: true
    // Off: it would keep every version that the rules below end for some more days, plaintext too.
    deleteRetentionPolicy: { enabled: false }
    containerDeleteRetentionPolicy: { enabled: true, days: 30 }
  }
}

resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for container in items(containers): {
    parent: blobs
    name: container.key
    properties: { publicAccess: 'None' }
  }
]

// On the container, not on versions: the connector writes create-only and appends, so refusing every overwrite is what it wants
// (R2), and a version-level policy would let a blob be overwritten and deleted while its versions stay.
resource policies 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2024-01-01' = [
  for (container, i) in items(containers): if (container.value.immutable && immutability == 'unlocked') {
    parent: blobContainers[i]
    name: 'default'
    properties: {
      immutabilityPeriodSinceCreationInDays: retentionInDays
      allowProtectedAppendWrites: container.value.appendable
    }
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource queueList 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = [
  for queue in [...queues, ...poisonQueues]: {
    parent: queueService
    name: queue
  }
]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: account
  name: 'default'
  dependsOn: [blobs]
  properties: {
    policy: {
      rules: [
        {
          name: 'evidence-to-cooler-tiers'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['evidence/'] }
            actions: {
              baseBlob: {
                // A replay within a month reads the hot tier; later ones pay for reading, which is rare.
                tierToCool: { daysAfterModificationGreaterThan: 30 }
                tierToCold: { daysAfterModificationGreaterThan: 180 }
              }
            }
          }
        }
        {
          // What the doctor has found is of no use any more, and one that was broken off may have left addresses.
          name: 'checks-of-yesterday'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob', 'appendBlob'], prefixMatch: ['state/check/'] }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 1 } } }
          }
        }
        ...map(versionRules, rule => {
          name: rule.name
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: rule.prefixes }
            actions: { version: { delete: { daysAfterCreationGreaterThan: rule.days } } }
          }
        })
      ]
    }
  }
}

output id string = account.id
output name string = account.name
output blobUri string = 'https://${account.name}.blob.${environment().suffixes.storage}'
output queueUri string = 'https://${account.name}.queue.${environment().suffixes.storage}'
output packageContainerUri string = 'https://${account.name}.blob.${environment().suffixes.storage}/app-package'
