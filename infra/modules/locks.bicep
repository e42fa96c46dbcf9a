metadata description = 'An option: what must not be deleted by mistake. The data, the secrets, and the address that ICE has allow-listed.'

import { Names } from '../names.bicep'

param names Names

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: names.storageAccount
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: names.vault
}

resource outboundAddress 'Microsoft.Network/publicIPAddresses@2024-07-01' existing = {
  name: names.outboundAddress
}

resource storageLock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: storage
  properties: {
    level: 'CanNotDelete'
    notes: 'Evidence, ledger and reports of the ICE Chat archive.'
  }
}

resource vaultLock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: vault
  properties: {
    level: 'CanNotDelete'
    notes: 'Keys without which the evidence cannot be read.'
  }
}

resource addressLock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: outboundAddress
  properties: {
    level: 'CanNotDelete'
    notes: 'ICE allow-lists this address; a new one has to be agreed on with them.'
  }
}
