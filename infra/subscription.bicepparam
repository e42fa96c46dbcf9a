using 'subscription.bicep'

// For azd, which keeps an environment's values itself: azd env set ALERT_EMAIL ... Without that one the deployment is refused:
// alerts that go to nobody would look like silence.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param alertEmails = [readEnvironmentVariable('ALERT_EMAIL')]
param signInClientId = readEnvironmentVariable('SIGN_IN_CLIENT_ID', '')
param immutability = readEnvironmentVariable('IMMUTABILITY', 'off')
param hasLocks = bool(readEnvironmentVariable('HAS_LOCKS', 'false'))
param hasPrivateEndpoints = bool(readEnvironmentVariable('HAS_PRIVATE_ENDPOINTS', 'false'))
