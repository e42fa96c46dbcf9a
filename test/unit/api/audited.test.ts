import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { audited } from "../../../shared/api/audited.ts";
import type { Principal } from "../../../shared/api/principal.ts";
import { ApiProblem, refused } from "../../../shared/api/problem.ts";
import { type AuditRecord, auditRecord } from "../../../shared/pipeline/leave-audit.ts";
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

  test("that was refused after its record was left is told apart from one that was made", async () => {
    const blobs = new MemoryBlobs();
    const deps = { blobs, clock: new FakeClock(), writer: "w" };
    await audited(deps, jane, asked, async () => "done");
    const second = audited(deps, jane, asked, () => Promise.reject(refused("Somebody was quicker.")));
    await assert.rejects(second, /Somebody was quicker/);
    const unsure = audited(deps, jane, asked, () => Promise.reject(new ApiProblem("unavailable", "It is away.")));
    await assert.rejects(unsure, /It is away/);
    const records: AuditRecord[] = [];
    for await (const { value } of listDocuments(blobs, "audit/", auditRecord)) records.push(value);
    const takenBack = records.filter(({ action }) => action === "refused");
    assert.deepEqual([records.length, takenBack.length], [4, 1]);
    const [record] = takenBack;
    const { action, because, request } = record?.details ?? {};
    assert.deepEqual(
      [record?.target, record?.principal, action, because],
      [...["acme", "entra:a@b", "pause", "refused"]],
    );
    assert.ok(records.some((one) => one.id === request && one.action === "pause"));
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
