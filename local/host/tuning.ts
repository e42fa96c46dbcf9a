import { z } from "zod";

/** Times that are fixed in Azure and shorter on a laptop, in milliseconds. */
export const hostTuning = z.object({
  /**
   * How long a message stays invisible to others after it was received; renewed at half while its function runs. After a
   * kill its work comes back when this is over. In Azure: 10 minutes.
   */
  messageLeaseInMs: z.number().min(2_000).default(60_000),
  /** The wait between two looks at a blob trigger's container. In Azure Event Grid tells. */
  scanIntervalInMs: z.number().min(10).default(500),
  /** How long a timer's lock outlives a killed host; 15 to 60 seconds. In Azure: 60 seconds. */
  lockPeriodInMs: z.number().min(15_000).max(60_000).default(15_000),
  /** How often a host without the lock asks for it. In Azure: 60 seconds. */
  lockPollInMs: z.number().min(50).default(2_000),
  /** The longest wait for running functions at a stop. In Azure: 60 minutes at scale-in, 10 at an update. */
  drainInMs: z.number().min(0).default(30_000),
});

/** Times that are fixed in Azure and shorter on a laptop, in milliseconds. */
export type HostTuning = z.output<typeof hostTuning>;
