import assert from "node:assert/strict";
import { test } from "node:test";
import { classifySiteError } from "../../../shared/fetch/classify-site-error.ts";
import { SiteError, siteReasons } from "../../../shared/fetch/site-error.ts";

const raised = (message: string, traits: object = {}) => Object.assign(new Error(message), traits);

test("sockets' errors are told apart", () => {
  const codes = {
    ENOTFOUND: "name-not-found",
    EAI_AGAIN: "unreachable",
    ECONNREFUSED: "refused",
    ETIMEDOUT: "unreachable",
    ECONNRESET: "disconnected",
  };
  for (const [code, reason] of Object.entries(codes)) {
    assert.equal(
      classifySiteError(raised(`getaddrinfo ${code}`, { code, level: "client-socket" }), "connect").reason,
      reason,
    );
  }
});

test("ssh2's errors are told apart", () => {
  const level = "handshake";
  const cases: [Error, string][] = [
    [
      raised("All configured authentication methods failed", { level: "client-authentication" }),
      "authentication-failed",
    ],
    [raised("Too many authentication failures", { code: 2 }), "authentication-failed"],
    [raised("Host denied (verification failed)", { level }), "host-key-changed"],
    [raised("Handshake failed: no matching key exchange algorithm", { level }), "no-common-algorithm"],
    [raised("Invalid identification string"), "not-ssh"],
    [raised("Unable to start subsystem: sftp"), "no-sftp"],
    [raised("Timed out while waiting for handshake", { level: "client-timeout" }), "silent"],
    [raised("Connection lost before handshake", { level: "protocol" }), "disconnected"],
  ];
  for (const [error, reason] of cases) assert.equal(classifySiteError(error, "connect").reason, reason, error.message);
});

test("SFTP's status codes mean a folder when listing and a file otherwise", () => {
  assert.equal(classifySiteError(raised("No such file", { code: 2 }), "list").reason, "no-such-folder");
  assert.equal(classifySiteError(raised("No such file", { code: 2 }), "read").reason, "no-such-file");
  assert.equal(classifySiteError(raised("Permission denied", { code: 3 }), "stat").reason, "permission-denied");
});

test("what is not known is tried again", () => {
  for (const error of [raised("Failure", { code: 4 }), new TypeError("x is not a function"), "text", undefined]) {
    const found = classifySiteError(error, "read");
    assert.equal(found.reason, "unknown");
    assert.equal(found.isPassing, true);
  }
});

test("what somebody has to mend does not pass by itself", () => {
  for (const reason of siteReasons) {
    const needsHands = /changed|failed|unusable|folder|denied|not-found|refused|not-ssh|algorithm|no-sftp|bad-/.test(
      reason,
    );
    assert.equal(new SiteError(reason).isPassing, !needsHands, reason);
  }
});

test("no sentence repeats what the server or the library said: it may name files and people", () => {
  const found = classifySiteError(raised("No such file /home/jane.doe/secret.xml", { code: 2 }), "read");
  assert.doesNotMatch(found.message, /jane|secret/);
});
