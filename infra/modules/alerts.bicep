metadata description = 'Alerts, made of the rules in alerts.yaml: queries of the logs, platform metrics, and changes in Azure itself.'

import { Names } from '../names.bicep'

param names Names
param location string
param tags object
param workspaceId string
param storageId string
param vaultId string
param natGatewayId string

@description('Who gets the alerts.')
param emails string[]

@description('Rules of alerts.yaml that this environment does without, by name.')
param mutedRules string[]

@description('A connector without a new file for so long raises no-drop; Saturdays and Sundays do not count.')
param noDropAfterHours int

@description('One query that finds rows only when somebody has to look.')
type QueryRule = {
  @maxLength(60)
  name: string
  @description('What has happened and what it means, for the e-mail.')
  summary: string
  severity: 0 | 1 | 2 | 3 | 4
  @description('How often it is looked at, and how far back; ISO 8601. What resolves is looked at twice a day at least, over two days at most.')
  every: string
  window: string
  @description('In KQL. It may use Lines of lines.kql, and {noDropAfterHours}.')
  query: string
  @description('More rows than this raise the alert.')
  threshold: int
  @description('Whether the alert lasts until the query finds nothing any more, and tells only when it begins and ends. Otherwise every look that finds something tells.')
  resolves: bool
  @maxLength(6)
  @description('Columns by whose values the rows are counted apart, each with an alert of its own.')
  splitBy: string[]?
}

@description('One platform metric that leaves its range.')
type MetricRule = {
  @maxLength(60)
  name: string
  summary: string
  severity: 0 | 1 | 2 | 3 | 4
  every: string
  window: string
  target: 'blobs' | 'queues' | 'vault' | 'natGateway'
  metric: string
  aggregation: 'Average' | 'Total' | 'Maximum' | 'Minimum' | 'Count'
  operator: 'GreaterThan' | 'LessThan'
  threshold: int
  @description('Only values of this dimension count.')
  dimension: { name: string, values: string[] }?
}

@description('One operation on a resource of this group.')
type ChangeRule = {
  @maxLength(60)
  name: string
  summary: string
  operation: string
}

type Rules = {
  queries: QueryRule[]
  metrics: MetricRule[]
  changes: ChangeRule[]
}

var rules Rules = loadYamlContent('../alerts.yaml')
var lines = loadTextContent('../lines.kql')

var metricTargets = {
  blobs: { id: '${storageId}/blobServices/default', namespace: 'Microsoft.Storage/storageAccounts/blobServices' }
  queues: { id: '${storageId}/queueServices/default', namespace: 'Microsoft.Storage/storageAccounts/queueServices' }
  vault: { id: vaultId, namespace: 'Microsoft.KeyVault/vaults' }
  natGateway: { id: natGatewayId, namespace: 'Microsoft.Network/natGateways' }
}

func describe(name string, summary string) string => '${summary} What to do: docs/runbooks/${name}.md'

func toQuery(query string, lines string, hours int) string =>
  replace('${contains(query, 'Lines(') ? lines : ''}${query}', '{noDropAfterHours}', string(hours))

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: names.actionGroup
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    // At most twelve characters; text messages begin with it.
    groupShortName: take(names.prefix, 12)
    emailReceivers: map(emails, email => {
      name: email
      emailAddress: email
      useCommonAlertSchema: true
    })
  }
}

resource queryAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules.queries: {
    name: '${names.prefix}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${names.prefix}: ${rule.name}'
      description: describe(rule.name, replace(rule.summary, '{noDropAfterHours}', string(noDropAfterHours)))
      enabled: !contains(mutedRules, rule.name)
      severity: rule.severity
      scopes: [workspaceId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      // A table is there only after its first row: an empty environment has none of them.
      skipQueryValidation: true
      autoMitigate: rule.resolves
      criteria: {
        allOf: [
          {
            query: toQuery(rule.query, lines, noDropAfterHours)
            timeAggregation: 'Count'
            dimensions: map(rule.?splitBy ?? [], column => { name: column, operator: 'Include', values: ['*'] })
            operator: 'GreaterThan'
            threshold: rule.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [actionGroup.id] }
    }
  }
]

resource metricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for rule in rules.metrics: {
    name: '${names.prefix}-${rule.name}'
    location: 'global'
    tags: tags
    properties: {
      description: describe(rule.name, rule.summary)
      enabled: !contains(mutedRules, rule.name)
      severity: rule.severity
      scopes: [metricTargets[rule.target].id]
      evaluationFrequency: rule.every
      windowSize: rule.window
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: rule.name
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: metricTargets[rule.target].namespace
            metricName: rule.metric
            timeAggregation: rule.aggregation
            operator: rule.operator
            threshold: rule.threshold
            dimensions: rule.?dimension == null
              ? []
              : [{ name: rule.dimension!.name, operator: 'Include', values: rule.dimension!.values }]
          }
        ]
      }
      actions: [{ actionGroupId: actionGroup.id }]
    }
  }
]

resource changeAlerts 'Microsoft.Insights/activityLogAlerts@2020-10-01' = [
  for rule in rules.changes: {
    name: '${names.prefix}-${rule.name}'
    location: 'global'
    tags: tags
    properties: {
      description: describe(rule.name, rule.summary)
      enabled: !contains(mutedRules, rule.name)
      scopes: [resourceGroup().id]
      condition: {
        allOf: [
          { field: 'category', equals: 'Administrative' }
          { field: 'operationName', equals: rule.operation }
          { field: 'status', equals: 'Succeeded' }
        ]
      }
      actions: { actionGroups: [{ actionGroupId: actionGroup.id }] }
    }
  }
]

output actionGroupId string = actionGroup.id
