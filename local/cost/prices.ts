/**
 * Public list prices in US dollars, pay as you go, East US, as known in autumn 2026. Regions differ by some tens of
 * percent, contracts by more: look yours up (azure.microsoft.com/pricing) and put them in here.
 */
export const prices = {
  /** Functions, Flex Consumption, on demand. The monthly free grant is shown apart: other apps of the subscription may use it. */
  executionsPerMillion: 0.4,
  /** Free each month for a subscription's apps together, on demand only; nothing is free of what is always ready. */
  freeExecutionsAMonth: 250_000,
  freeGbSecondsAMonth: 100_000,
  onDemandPerGbSecond: 0.000026,
  alwaysReadyBaselinePerGbSecond: 0.000004,
  alwaysReadyPerGbSecond: 0.000016,
  /** Blob storage, hot, each 10,000 operations. Leases and properties count as reads; deleting is free. */
  storage: {
    Standard_LRS: { write: 0.05, read: 0.004, list: 0.05, queue: 0.004, perGbMonth: 0.0208, replicationPerGb: 0 },
    Standard_ZRS: { write: 0.0625, read: 0.004, list: 0.0625, queue: 0.005, perGbMonth: 0.026, replicationPerGb: 0 },
    Standard_GZRS: {
      write: 0.1125,
      read: 0.004,
      list: 0.1125,
      queue: 0.009,
      perGbMonth: 0.0468,
      replicationPerGb: 0.02,
    },
  },
  vaultPer10Thousand: 0.03,
  natPerHour: 0.045,
  natPerGb: 0.045,
  publicIpPerHour: 0.005,
  privateEndpointPerHour: 0.01,
  privateEndpointPerGb: 0.01,
  /** To the internet, the first free 100 GB of a month left out. Microsoft Graph is counted as internet. */
  egressPerGb: 0.087,
  logsPerGb: 2.76,
  /** A log query alert that looks every 5 minutes, every 15, and one signal of a metric alert; each month. */
  queryAlertEvery5Minutes: 1.5,
  queryAlertEvery15Minutes: 0.5,
  metricAlert: 0.1,
} as const;

/** How storage is replicated. */
export type StorageSku = keyof typeof prices.storage;
