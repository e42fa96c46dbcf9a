/** Types that a column of a workspace can have. */
export type ColumnType = "string" | "int" | "long" | "real" | "bool" | "datetime" | "dynamic";

/** What every table has. */
const common = { TimeGenerated: "datetime", TenantId: "string", Type: "string", _ResourceId: "string" } as const;

/** What every table of Application Insights has. */
const app = {
  ...common,
  AppRoleInstance: "string",
  AppRoleName: "string",
  AppVersion: "string",
  ItemCount: "int",
  OperationId: "string",
  OperationName: "string",
  ParentId: "string",
  Properties: "dynamic",
  Measurements: "dynamic",
  SDKVersion: "string",
} as const;

/** Of a request to storage; StatusCode is a string in these tables, and a number in others. */
const storage = {
  ...common,
  AccountName: "string",
  AuthenticationType: "string",
  AuthorizationDetails: "dynamic",
  CallerIpAddress: "string",
  Category: "string",
  ClientRequestId: "string",
  CorrelationId: "string",
  DurationMs: "real",
  ObjectKey: "string",
  OperationName: "string",
  RequesterAppId: "string",
  RequesterObjectId: "string",
  RequesterTenantId: "string",
  RequesterUpn: "string",
  ServerLatencyMs: "real",
  ServiceType: "string",
  StatusCode: "string",
  StatusText: "string",
  Uri: "string",
  UserAgentHeader: "string",
} as const;

/**
 * The tables that queries may ask, with the columns that matter here, as the table reference of Azure Monitor gives them
 * (learn.microsoft.com/azure/azure-monitor/reference/tables; AppRequests as a workspace's getschema gives it).
 */
export const tables: Readonly<Record<string, Readonly<Record<string, ColumnType>>>> = {
  AppTraces: { ...app, Message: "string", SeverityLevel: "int" },
  AppRequests: {
    ...app,
    Id: "string",
    Name: "string",
    Url: "string",
    Success: "bool",
    ResultCode: "string",
    DurationMs: "real",
    PerformanceBucket: "string",
  },
  AppExceptions: {
    ...app,
    Details: "dynamic",
    ExceptionType: "string",
    InnermostMessage: "string",
    InnermostType: "string",
    Message: "string",
    Method: "string",
    OuterMessage: "string",
    OuterType: "string",
    ProblemId: "string",
    SeverityLevel: "int",
  },
  StorageBlobLogs: storage,
  StorageQueueLogs: storage,
  AZKVAuditLogs: {
    ...common,
    CallerIpAddress: "string",
    ClientInfo: "string",
    CorrelationId: "string",
    DurationMs: "int",
    HttpStatusCode: "int",
    Id: "string",
    Identity: "dynamic",
    IsAddressAuthorized: "bool",
    IsRbacAuthorized: "bool",
    OperationName: "string",
    Properties: "dynamic",
    RequestUri: "string",
    ResultDescription: "string",
    ResultSignature: "string",
    ResultType: "string",
  },
  AppServiceAuthenticationLogs: {
    ...common,
    CorrelationId: "string",
    Details: "string",
    HostName: "string",
    Level: "string",
    Message: "string",
    OperationName: "string",
    SiteName: "string",
    StatusCode: "int",
    SubStatusCode: "int",
    TaskName: "string",
  },
  AzureActivity: {
    ...common,
    ActivityStatusValue: "string",
    Authorization_d: "dynamic",
    Caller: "string",
    CallerIpAddress: "string",
    CategoryValue: "string",
    CorrelationId: "string",
    OperationNameValue: "string",
    Properties_d: "dynamic",
    ResourceGroup: "string",
  },
  // What a service without a table of its own writes here adds columns; these are there in every workspace.
  AzureDiagnostics: {
    ...common,
    Category: "string",
    OperationName: "string",
    ResourceProvider: "string",
    ResourceType: "string",
    ResultDescription: "string",
    ResultType: "string",
    Message: "string",
  },
  Usage: {
    TimeGenerated: "datetime",
    StartTime: "datetime",
    EndTime: "datetime",
    DataType: "string",
    Solution: "string",
    Quantity: "real",
    QuantityUnit: "string",
    IsBillable: "bool",
  },
};
