import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeReply, toGraphOperation } from "../../../shared/graph/graph-operation.ts";

test("a request's name holds no id and no address", () => {
  const names = [
    ["POST", "/users/7f1c/mailFolders/AAMk/messages"],
    ["GET", "https://graph.microsoft.com/v1.0/users/7f1c/messages?$skiptoken=x/mailFolders"],
    ["GET", "/users/7f1c/mailFolders"],
    ["GET", "/users/ann.smith@messages.example"],
    ["GET", "/organization"],
  ] as const;
  assert.deepEqual(
    names.map(([method, path]) => toGraphOperation({ method, path })),
    ["POST messages", "GET messages", "GET mailFolders", "GET users", "GET other"],
  );
});

test("that something is not there, or is there already, is an answer; being refused is none", () => {
  const outcomes = [200, 201, 404, 409, 429, 401, 403, 500, 503].map((status) => judgeReply({ status }));
  assert.deepEqual(outcomes, ["ok", "ok", "ok", "ok", "throttled", "failed", "failed", "failed", "failed"]);
});
