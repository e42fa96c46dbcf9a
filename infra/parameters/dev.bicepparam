using '../main.bicep'

// A place to try things out: cheap, small, and nothing in it is immutable, so that it can be taken down again.
param environmentName = 'dev'
param alertEmails = ['dev-team@example.com']

param immutability = 'off'
param retentionInDays = 1
param storageSku = 'Standard_LRS'
param vaultSoftDeleteInDays = 7

param instanceMemoryInMb = 2048
param maximumInstances = 4

param logRetentionInDays = 30
param dailyLogLimitInGb = 1
param logsReads = false

// Nobody is woken for it.
param mutedAlerts = ['http-server-errors', 'sign-in-refused']
