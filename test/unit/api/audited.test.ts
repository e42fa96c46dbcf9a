import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { audited } from "../../../shared/api/audited.ts";
import type { Principal } from "../../../shared/api/principal.ts";
import { auditRecord } from "../../../shared/pipeline/leave-audit.ts";
import { listDocuments } from "../../../shared/store/state-document.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";

const jane: Principal = { id: "entra:a@b", name: "Jane Doe", role: "admin" };
const asked = { action: "pause", target: "acme", details: { until: "noon" } };

describe("an audited change", () => {
  test("is made after its record is there, which says who, when, what, and by which way", async () => {
    const blobs = new MemoryBlobs();
    const clock = new FakeClock();
    const list = async (): Promise<unknown[]> => {
      const values: unknown[] = [];
      for await (const { value } of listDocuments(blobs, "audit/", auditRecord)) values.push(value);
      return values;
    };
    const seen = await audited({ blobs, clock, writer: "w", newId: () => "i1" }, jane, asked, list);
    const record = { v: 1, id: "i1", at: clock.now(), principal: "entra:a@b", by: "api", ...asked };
    assert.deepEqual(seen, [record]);
    assert.ok(!JSON.stringify(seen).includes("Jane"));
  });

  test("is not made when its record cannot be left", async () => {
    let changes = 0;
    const broken = Object.assign(new MemoryBlobs(), { create: () => Promise.reject(new Error("storage is away")) });
    const change = audited({ blobs: broken, clock: new FakeClock(), writer: "w" }, jane, asked, async () => {
      changes += 1;
    });
    await assert.rejects(change, /storage is away/);
    assert.equal(changes, 0);
  });
});
