import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { z } from "zod";
import { changeMatching, requireMatch } from "../../../shared/api/if-match.ts";
import { ApiProblem, type ProblemName } from "../../../shared/api/problem.ts";
import { createDocument, readDocument, updateDocument } from "../../../shared/store/state-document.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";

const schema = z.object({ port: z.number() });
const path = "state/connector/acme" as const;
const document = { path, schema };

function isProblem(name: ProblemName): (error: unknown) => boolean {
  return (error) => error instanceof ApiProblem && error.problem === name;
}

describe("a change in sight of a version", () => {
  let blobs: MemoryBlobs;
  let etag = "";
  beforeEach(async () => {
    blobs = new MemoryBlobs();
    await createDocument(blobs, path, schema, { port: 22 }, { writer: "w" });
    etag = (await readDocument(blobs, path, schema))?.etag ?? "";
  });
  const change = (ifMatch: string | undefined): Promise<unknown> =>
    changeMatching({ blobs, writer: "w" }, document, ifMatch, ({ port }) => ({ port: port + 1 }));
  const port = async (): Promise<number | undefined> => (await readDocument(blobs, path, schema))?.value.port;

  test("is made for the version that is there, and gives the next one", async () => {
    const changed = await changeMatching({ blobs, writer: "w" }, document, etag, () => ({ port: 23 }));
    assert.equal(changed?.value.port, 23);
    assert.notEqual(changed?.etag, etag);
    assert.equal(changed?.etag, (await readDocument(blobs, path, schema))?.etag);
  });

  test("is made for any version when that is said", async () => {
    await change("*");
    assert.equal(await port(), 23);
  });

  test("is refused for an older version, and without one", async () => {
    await change(etag);
    await assert.rejects(change(etag), isProblem("changed-meanwhile"));
    await assert.rejects(change(undefined), isProblem("version-missing"));
    assert.equal(await port(), 23);
  });

  test("is refused when somebody changes it between the look and the write", async () => {
    let reads = 0;
    const racing = Object.assign(Object.create(blobs), {
      read: async (at: typeof path) => {
        reads += 1;
        if (reads === 2) await updateDocument(blobs, path, schema, () => ({ port: 99 }), { writer: "other" });
        return blobs.read(at);
      },
    });
    const changing = changeMatching({ blobs: racing, writer: "w" }, document, etag, () => ({ port: 23 }));
    await assert.rejects(changing, isProblem("changed-meanwhile"));
    assert.equal(await port(), 99);
  });

  test("is undefined when there is nothing to change", async () => {
    await blobs.remove(path);
    assert.equal(await change(etag), undefined);
  });
});

test("a version is the same with and without quotation marks, and when a front end made it weak", () => {
  for (const given of ['"0x8D"', "0x8D", 'W/"0x8D"', ' "0x8D" ', "*"]) requireMatch(given, '"0x8D"');
  for (const given of ['"0x8E"', "", '"*"x']) {
    assert.throws(() => requireMatch(given, '"0x8D"'), isProblem("changed-meanwhile"), given);
  }
});
