metadata description = 'The operator\'s page in Azure Monitor, made of the tiles in workbook.yaml.'

import { Names } from '../names.bicep'

param names Names
param location string
param tags object
param workspaceId string

@description('One query and how it is shown.')
type Tile = {
  title: string
  @description('In KQL. It may use Lines of lines.kql.')
  query: string
  @description('What it means that there is nothing to show.')
  whenEmpty: string
  shownAs: 'table' | 'timechart' | 'barchart' | 'tiles'
  @minValue(10)
  @maxValue(100)
  widthInPercent: int
}

@description('Tiles under one heading.')
type Section = {
  heading: string
  text: string
  tiles: Tile[]
}

var sections Section[] = loadYamlContent('../workbook.yaml')
var lines = loadTextContent('../lines.kql')

var period = {
  type: 9
  name: 'period'
  content: {
    version: 'KqlParameterItem/1.0'
    parameters: [
      {
        id: guid(workspaceId, 'period')
        version: 'KqlParameterItem/1.0'
        name: 'Period'
        label: 'Period'
        type: 4
        isRequired: true
        value: { durationMs: 86400000 }
        typeSettings: {
          selectableValues: [
            { durationMs: 14400000 }
            { durationMs: 86400000 }
            { durationMs: 604800000 }
            { durationMs: 2592000000 }
          ]
          allowCustom: true
        }
      }
    ]
    style: 'pills'
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
  }
}

func toHeading(section Section) object => {
  type: 1
  name: section.heading
  content: { json: '## ${section.heading}\n\n${section.text}' }
}

func toTile(tile Tile, lines string, workspaceId string) object => {
  type: 3
  name: tile.title
  customWidth: string(tile.widthInPercent)
  content: {
    version: 'KqlItem/1.0'
    title: tile.title
    query: '${contains(tile.query, 'Lines(') ? lines : ''}${tile.query}'
    size: 0
    timeContextFromParameter: 'Period'
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    crossComponentResources: [workspaceId]
    visualization: tile.shownAs
    noDataMessage: tile.whenEmpty
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, names.prefix, 'operator')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'ICE Chat archive ${names.prefix}'
    category: 'workbook'
    sourceId: workspaceId
    version: 'Notebook/1.0'
    serializedData: string({
      version: 'Notebook/1.0'
      items: [
        period
        ...flatten(map(sections, section => [
          toHeading(section)
          ...map(section.tiles, tile => toTile(tile, lines, workspaceId))
        ]))
      ]
      fallbackResourceIds: [workspaceId]
    })
  }
}

output id string = workbook.id
