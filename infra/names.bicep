metadata description = 'The naming convention: kind, workload, environment and, where a name is shared with all of Azure, six characters that no other environment has.'

@export()
@description('The names of one environment of the connector. Where Azure allows few characters the environment is cut; the token keeps two environments with the same beginning apart.')
type Names = {
  network: string
  networkSecurityGroup: string
  natGateway: string
  outboundAddress: string
  @maxLength(24)
  storageAccount: string
  @maxLength(24)
  vault: string
  identity: string
  workspace: string
  applicationInsights: string
  plan: string
  @maxLength(32)
  functionApp: string
  actionGroup: string
  eventTopic: string
  @description('What every other name begins with: private endpoints, alerts, the budget.')
  prefix: string
}

@export()
@description('Lower-case letters and digits only, as storage accounts want it, so that cutting never leaves a hyphen at an end.')
func toSlug(text string) string => toLower(replace(replace(replace(text, '-', ''), '_', ''), '.', ''))

@export()
@description('Six characters that this environment has in this resource group, and (nearly) no other anywhere.')
func toToken(resourceGroupId string, workload string, environment string) string =>
  take(uniqueString(resourceGroupId, toSlug(workload), toSlug(environment)), 6)

@export()
@description('The host takes the first 32 characters of an app\'s name for its id: two apps that share storage and these would share locks. So the app\'s name ends before that.')
func toNames(workload string, environment string, token string) Names => {
  network: 'vnet-${toSlug(workload)}-${toSlug(environment)}'
  networkSecurityGroup: 'nsg-${toSlug(workload)}-${toSlug(environment)}'
  natGateway: 'ng-${toSlug(workload)}-${toSlug(environment)}'
  outboundAddress: 'pip-${toSlug(workload)}-${toSlug(environment)}'
  storageAccount: '${take('st${toSlug(workload)}${toSlug(environment)}', 18)}${token}'
  vault: '${take('kv-${toSlug(workload)}-${toSlug(environment)}', 17)}-${token}'
  identity: 'id-${toSlug(workload)}-${toSlug(environment)}'
  workspace: 'log-${toSlug(workload)}-${toSlug(environment)}'
  applicationInsights: 'appi-${toSlug(workload)}-${toSlug(environment)}'
  plan: 'plan-${toSlug(workload)}-${toSlug(environment)}'
  functionApp: '${take('func-${toSlug(workload)}-${toSlug(environment)}', 25)}-${token}'
  actionGroup: 'ag-${toSlug(workload)}-${toSlug(environment)}'
  eventTopic: 'evgt-${toSlug(workload)}-${toSlug(environment)}'
  prefix: '${toSlug(workload)}-${toSlug(environment)}'
}
