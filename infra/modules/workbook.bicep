// The workbook on the component: runs, types, alerts, verification, retention, restores and the size of the storage.
// workbook.json is written by ../scripts/workbook.py from ../queries/workbook.

@description('Region of the workbook.')
param location string
@description('Tags of the workbook.')
param tags object = {}
@description('Resource id of the Application Insights component that it reads.')
param componentId string
@description('Title of the workbook.')
param name string = 'Lifeboat'
@description('Resource id of the storage account of the backups, whose size it shows.')
param backupStorageId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(componentId, 'lifeboat')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: name
    description: 'Runs, types, alerts, verification, retention and restores of Lifeboat.'
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: componentId
    serializedData: replace(loadTextContent('workbook.json'), '{backupStorageId}', backupStorageId)
  }
}

output id string = workbook.id
