import { meets, type Row } from "../row.ts";

const target = { type: "at least", value: 0.95 } as const;
const graphInMs = 100;
const storageInMs = 15;

/** How much of what Graph lets one app do in one mailbox is made use of. */
export const busyMailbox: Row = {
  id: "busy-mailbox",
  title: "one busy mailbox, against Graph's 10,000 requests in 10 minutes",
  target,
  run: async (context) => {
    const windows = context.isFull ? 3 : 1;
    const { told } = await context.child("busy-mailbox", { graphInMs, storageInMs, windows });
    const [accepted, allowed] = [Number(told["accepted"]), Number(told["allowed"])];
    const ratio = accepted / allowed;
    return {
      figure: accepted / windows,
      yardstick: allowed / windows,
      unit: "requests in 10 minutes",
      ratio,
      isMet: meets(target, ratio),
      notes: [
        `${Number(told["throttled"]) / windows} answers of 429 in ten minutes`,
        `${windows === 1 ? "ten minutes" : `${windows} times ten minutes`} from the first 429 on, by a clock that we and the stand-in of Graph share and that only requests and waits turn`,
        `Graph takes ${graphInMs} ms, storage ${storageInMs}: with 0.25 s, three requests at once come to 7,200 in ten minutes, and the limit is never met`,
      ],
    };
  },
};
