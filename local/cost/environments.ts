import type { PricedEnvironment } from "./priced-day.ts";

/** As infra/parameters/ has them; test/infra/cost.test.ts compares with what would be deployed. */
export const environments = {
  prod: {
    name: "`prod.bicepparam`",
    memoryInGb: 2,
    storageSku: "Standard_GZRS",
    logsReads: true,
    privateEndpoints: 3,
    alerts: { every5Minutes: 1, every15Minutes: 28, metrics: 5 },
  },
  /** A day of ten thousand items needs no more: docs/cost.md says what was measured. */
  small: {
    name: "`prod.bicepparam` with `instanceMemoryInMb = 512`",
    memoryInGb: 0.5,
    storageSku: "Standard_GZRS",
    logsReads: true,
    privateEndpoints: 3,
    alerts: { every5Minutes: 1, every15Minutes: 28, metrics: 5 },
  },
  dev: {
    name: "`dev.bicepparam`",
    memoryInGb: 2,
    storageSku: "Standard_LRS",
    logsReads: false,
    privateEndpoints: 0,
    alerts: { every5Minutes: 1, every15Minutes: 28, metrics: 5 },
  },
} as const satisfies Readonly<Record<string, PricedEnvironment>>;
