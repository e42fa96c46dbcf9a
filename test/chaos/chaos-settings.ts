import { toLaptopSettings } from "../../local/start/laptop-settings.ts";

/** App settings with every wait as short as it may be; Azure's shortest lease, 15 seconds, bounds them from below. */
export function toChaosSettings(...given: Parameters<typeof toLaptopSettings>): Record<string, string> {
  return {
    ...toLaptopSettings(...given),
    // All hosts share one app's locks and receipts, whatever machine they are on.
    AzureFunctionsWebHost__hostid: "chaos",
    AzureFunctionsJobHost__extensions__queues__visibilityTimeout: "00:00:01",
    AzureFunctionsJobHost__extensions__queues__maxPollingInterval: "00:00:00.500",
    FETCH_SCHEDULE: "*/2 * * * * *",
    SWEEP_SCHEDULE: "*/2 * * * * *",
    SETTLE_SECONDS: "0.2",
    FETCH_RETRY_SECONDS: "1",
    // A site that is killed while it is read must not make a file look as if it would never come whole.
    INCOMPLETE_TRIES: "1000",
    INCOMPLETE_WAIT_SECONDS: "1",
    LOCK_SECONDS: "15",
    LOCK_WAIT_SECONDS: "1",
    DOUBT_WAIT_SECONDS: "12",
    DOUBT_WAIT_ANSWERED_SECONDS: "2",
    DOUBT_LIMIT_SECONDS: "3600",
    OUTAGE_WAIT_SECONDS: "2",
    UNAUTHORISED_WAIT_SECONDS: "2",
    SLICE_SECONDS: "6",
    STANDSTILL_SECONDS: "10",
    PEOPLE_WAIT_SECONDS: "1",
  };
}
