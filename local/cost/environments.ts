import type { PricedEnvironment } from "./priced-day.ts";

/** As infra/parameters/ has them; test/infra/cost.test.ts compares with what would be deployed. */
export const environments = {
  prod: {
    name: "`prod.bicepparam`",
    storageSku: "Standard_GZRS",
    logsReads: true,
    privateEndpoints: 3,
    alerts: { every5Minutes: 1, every15Minutes: 28, metrics: 5 },
  },
  dev: {
    name: "`dev.bicepparam`",
    storageSku: "Standard_LRS",
    logsReads: false,
    privateEndpoints: 0,
    alerts: { every5Minutes: 1, every15Minutes: 28, metrics: 5 },
  },
} as const satisfies Readonly<Record<string, PricedEnvironment>>;
