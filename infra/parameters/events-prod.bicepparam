using '../events.bicep'

param environmentName = 'prod'
param tags = {
  owner: 'Compliance'
  dataClassification: 'Confidential'
}
