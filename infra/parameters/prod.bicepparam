using '../main.bicep'

param environmentName = 'prod'
param alertEmails = ['compliance-operations@example.com']
param tags = {
  owner: 'Compliance'
  dataClassification: 'Confidential'
}

// Prove it unlocked, lock the policies by hand, then write 'locked' here (docs/deploy.md).
param immutability = 'unlocked'
param retentionInDays = 2557
param storageSku = 'Standard_GZRS'
param vaultSoftDeleteInDays = 90

param instanceMemoryInMb = 2048
param maximumInstances = 40
param isZoneRedundant = true

param hasLocks = true
param hasPrivateEndpoints = true
param adminAddresses = []

param logRetentionInDays = 365
param logsReads = true

param budget = {
  amount: 1000
  startDate: '2027-01-01'
}
