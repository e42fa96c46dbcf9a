using '../events.bicep'

param environmentName = 'dev'
