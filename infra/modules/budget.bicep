metadata description = 'An option: a monthly budget of the resource group that writes before it is used up.'

param name string

@minValue(1)
@description('A month\'s amount, in the currency of the subscription.')
param amount int

@description('First of the month in which the budget begins, yyyy-mm-01; not before the month of the first deployment.')
param startDate string

param emails string[]

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    notifications: {
      'actual-over-80-percent': {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: emails
      }
      'forecast-over-100-percent': {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emails
      }
    }
  }
}
