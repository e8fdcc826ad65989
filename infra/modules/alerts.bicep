// Who is told of what the app logs, and of what it costs. docs/watching.md has a section for each rule, under its key:
// what it means, what to do first, how to try it. A rule reads one query of ../queries/alerts; thresholds are parameters.
// What is done in Azure to backups and identities is in activity-alerts.bicep.
//
// Rules of the log look every quarter of an hour at the last hour, so that a line that arrives late is not missed, and
// tell once for each run, plan or code. The two that look for what did not happen ask for one row of a count, which is
// there whatever the log holds, and remind every day.

@description('Region of the log rules.')
param location string
@description('Tags of every resource.')
param tags object = {}
@description('Beginning of the names.')
@minLength(3)
@maxLength(40)
param namePrefix string
@description('Resource id of the Application Insights component that the rules of the log read.')
param componentId string
@description('Addresses that are told.')
param emails array = []
@description('Webhook that is told as well (https, common alert schema); empty for none. It is a secret where its address is one.')
@secure()
param webhookUrl string = ''
@description('Page of what each alert means, for the link in its description.')
param pageUrl string = 'docs/watching.md'
@description('Alert when no run was committed within so many hours: the interval of the backups, the length of one, and some air. At most 48, the longest look back of a rule.')
@minValue(2)
@maxValue(48)
param backupHours int = 26
@description('Alert when no verification came to an end within so many hours.')
@minValue(2)
@maxValue(48)
param verifyHours int = 36
@description('Alert when more calls than this were refused within an hour with 401 or 403.')
@minValue(1)
param refusedCalls int = 20
@description('Whether restores are enabled: without them nobody needs rules about them.')
param enableRestore bool = false
@description('Most that this resource group should cost in a month, in the currency of the subscription; 0 makes no budget.')
@minValue(0)
param budgetAmount int = 0
@description('First day of the budget: the first of the month in which it is made, as 2026-01-01. It cannot be changed later.')
param budgetStart string = ''

var rules = [
  {
    key: 'noCommittedRun'
    title: 'no backup was committed in time'
    severity: 1
    description: 'No run was committed within the hours that are allowed. Also told while the log itself is silent.'
    query: replace(loadTextContent('../queries/alerts/noCommittedRun.kql'), '{hours}', string(backupHours))
    silence: true
    dimension: ''
    operator: 'LessThan'
    threshold: 1
    restore: false
  }
  {
    key: 'runFailed'
    title: 'a backup failed'
    severity: 1
    description: 'A run came to nothing. The backups before it are untouched.'
    query: loadTextContent('../queries/alerts/runFailed.kql')
    silence: false
    dimension: 'run'
    operator: 'GreaterThan'
    threshold: 0
    restore: false
  }
  {
    key: 'typeFailedAgain'
    title: 'a type failed again'
    severity: 2
    description: 'A type of object failed or was refused in two runs one after the other. Its older records stay.'
    query: loadTextContent('../queries/alerts/typeFailedAgain.kql')
    silence: false
    dimension: 'run'
    operator: 'GreaterThan'
    threshold: 0
    restore: false
  }
  {
    key: 'permissionLost'
    title: 'a permission was lost'
    severity: 1
    description: 'Graph refuses a type that the run before could read: somebody took a permission away from Lifeboat.'
    query: loadTextContent('../queries/alerts/permissionLost.kql')
    silence: false
    dimension: 'run'
    operator: 'GreaterThan'
    threshold: 0
    restore: false
  }
  {
    key: 'massDeletion'
    title: 'many objects are gone'
    severity: 1
    description: 'Far more objects of a type are gone since the run before than is usual. The run before still has them.'
    query: loadTextContent('../queries/alerts/massDeletion.kql')
    silence: false
    dimension: 'run'
    operator: 'GreaterThan'
    threshold: 0
    restore: false
  }
  {
    key: 'massChange'
    title: 'many objects changed'
    severity: 2
    description: 'Far more objects of a type differ from the run before than is usual.'
    query: loadTextContent('../queries/alerts/massChange.kql')
    silence: false
    dimension: 'run'
    operator: 'GreaterThan'
    threshold: 0
    restore: false
  }
  {
    key: 'damaged'
    title: 'a backup is not what it was'
    severity: 0
    description: 'Verification, or a run that looked at the one before, found files, manifests or rows missing or altered.'
    query: loadTextContent('../queries/alerts/damaged.kql')
    silence: false
    dimension: 'run'
    operator: 'GreaterThan'
    threshold: 0
    restore: false
  }
  {
    key: 'verifyNotRun'
    title: 'the backups were not verified in time'
    severity: 2
    description: 'No verification came to an end within the hours that are allowed.'
    query: replace(loadTextContent('../queries/alerts/verifyNotRun.kql'), '{hours}', string(verifyHours))
    silence: true
    dimension: ''
    operator: 'LessThan'
    threshold: 1
    restore: false
  }
  {
    key: 'retentionRefused'
    title: 'retention was refused'
    severity: 2
    description: 'Retention would have removed what must stay, or storage would not let it: nothing was removed.'
    query: loadTextContent('../queries/alerts/retentionRefused.kql')
    silence: false
    dimension: 'reason'
    operator: 'GreaterThan'
    threshold: 0
    restore: false
  }
  {
    key: 'crashed'
    title: 'a defect in the app'
    severity: 2
    description: 'A step of a run or a call ended in an error that has no name, or an entry did not reach the audit.'
    query: loadTextContent('../queries/alerts/crashed.kql')
    silence: false
    dimension: 'what'
    operator: 'GreaterThan'
    threshold: 0
    restore: false
  }
  {
    key: 'refusedCalls'
    title: 'many calls were refused'
    severity: 2
    description: 'Somebody calls Lifeboat again and again without the right to: a mistake in a script, or an attempt.'
    query: loadTextContent('../queries/alerts/refusedCalls.kql')
    silence: false
    dimension: ''
    operator: 'GreaterThan'
    threshold: refusedCalls
    restore: false
  }
  {
    key: 'restorePlanned'
    title: 'a restore was planned'
    severity: 3
    description: 'Somebody made a plan. Nothing has been written to the tenant yet.'
    query: loadTextContent('../queries/alerts/restorePlanned.kql')
    silence: false
    dimension: 'plan'
    operator: 'GreaterThan'
    threshold: 0
    restore: true
  }
  {
    key: 'restoreApplied'
    title: 'a restore writes to the tenant'
    severity: 1
    description: 'Somebody applied or retried a plan, or asked for passwords; or a plan came to its end.'
    query: loadTextContent('../queries/alerts/restoreApplied.kql')
    silence: false
    dimension: 'what'
    operator: 'GreaterThan'
    threshold: 0
    restore: true
  }
]

var emailReceivers = [for (email, index) in emails: {
  name: 'email-${index}'
  emailAddress: email
  useCommonAlertSchema: true
}]
var webhookReceivers = empty(webhookUrl) ? [] : [{ name: 'webhook', serviceUri: webhookUrl, useCommonAlertSchema: true }]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${namePrefix}'
  location: 'Global'
  tags: tags
  properties: {
    groupShortName: 'Lifeboat'
    enabled: true
    emailReceivers: emailReceivers
    webhookReceivers: webhookReceivers
  }
}

resource logRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: if (enableRestore || !rule.restore) {
  name: 'alert-${namePrefix}-${rule.key}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Lifeboat - ${rule.title}' // names of rules take no colon
    description: '${rule.description} What to do: ${pageUrl}#${toLower(rule.key)}'
    severity: rule.severity
    enabled: true
    scopes: [componentId]
    evaluationFrequency: rule.silence ? 'PT1H' : 'PT15M'
    windowSize: rule.silence ? 'P2D' : 'PT1H'
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Total'
          metricMeasureColumn: 'n'
          dimensions: empty(rule.dimension) ? [] : [{ name: rule.dimension, operator: 'Include', values: ['*'] }]
          operator: rule.operator
          threshold: rule.threshold
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    // Not both: a rule that resolves by itself tells once, one that does not may remind.
    autoMitigate: !rule.silence
    muteActionsDuration: rule.silence ? 'P1D' : null
    skipQueryValidation: true // the first deployment comes before the first line of the log
    actions: { actionGroups: [group.id] }
  }
}]

// Without a first day Azure refuses it, which is better than no budget where one was asked for.
resource budget 'Microsoft.Consumption/budgets@2024-08-01' = if (budgetAmount > 0) {
  name: 'budget-${namePrefix}'
  properties: {
    category: 'Cost'
    amount: budgetAmount
    timeGrain: 'Monthly'
    timePeriod: { startDate: budgetStart }
    notifications: {
      spent: { enabled: true, operator: 'GreaterThan', threshold: 80, thresholdType: 'Actual', contactEmails: emails, contactGroups: [group.id] }
      foreseen: { enabled: true, operator: 'GreaterThan', threshold: 100, thresholdType: 'Forecasted', contactEmails: emails, contactGroups: [group.id] }
    }
  }
}

output actionGroupId string = group.id
output logRuleCount int = enableRestore ? length(rules) : length(filter(rules, rule => !rule.restore))
