import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { DecryptError, type DecryptReason } from "../../../shared/decrypt/decrypt-error.ts";
import { PacketFrames } from "../../../shared/decrypt/packet-frames.ts";

const keyId = "0123456789abcdef";
const sessionKey = packet(1, Buffer.concat([Buffer.from([3]), Buffer.from(keyId, "hex"), randomBytes(260)]));

function packet(tag: number, body: Buffer): Buffer {
  const length = Buffer.alloc(5, 0xff);
  length.writeUInt32BE(body.length, 1);
  return Buffer.concat([Buffer.from([0xc0 | tag]), length, body]);
}

/** A data packet in pieces of 512 bytes and a last one, as programs write that do not know the size. */
function inPartialLengths(tag: number, body: Buffer): Buffer {
  const pieces: Buffer[] = [Buffer.from([0xc0 | tag])];
  let at = 0;
  for (; body.length - at >= 512; at += 512) pieces.push(Buffer.from([0xe9]), body.subarray(at, at + 512));
  const rest = body.subarray(at);
  const length = rest.length < 192 ? [rest.length] : [((rest.length - 192) >> 8) + 192, (rest.length - 192) & 255];
  return Buffer.concat([...pieces, Buffer.from(length), rest]);
}

function follow(bytes: Buffer, size = bytes.length || 1): PacketFrames {
  const frames = new PacketFrames();
  for (let at = 0; at < bytes.length; at += size) frames.push(bytes.subarray(at, at + size));
  frames.finish();
  return frames;
}

const refused = (bytes: Buffer, reason: DecryptReason, size?: number) =>
  assert.throws(
    () => follow(bytes, size),
    (error) => error instanceof DecryptError && error.reason === reason,
  );

const oldFormat = Buffer.concat([
  Buffer.from([0x84 | 1, 1, 13]),
  Buffer.from([3]),
  Buffer.from(keyId, "hex"),
  randomBytes(260),
]);

const forms = {
  "a known length": Buffer.concat([sessionKey, packet(18, randomBytes(3_000))]),
  "partial lengths": Buffer.concat([sessionKey, inPartialLengths(18, randomBytes(3_000))]),
  "partial lengths and nothing after the last": Buffer.concat([sessionKey, inPartialLengths(18, randomBytes(1_024))]),
  AEAD: Buffer.concat([sessionKey, packet(20, randomBytes(3_000))]),
  "an old header before, and a marker": Buffer.concat([
    packet(10, Buffer.from("PGP")),
    oldFormat,
    packet(18, randomBytes(300)),
  ]),
};

for (const [name, bytes] of Object.entries(forms)) {
  test(`follows a message with ${name}, however it is cut into pieces`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), (size) => follow(bytes, size).head?.keyIds[0] === keyId),
      { numRuns: 30 },
    );
  });

  test(`a message with ${name} that lacks its end is truncated at every length`, () => {
    for (let length = 0; length < bytes.length; length += 7) refused(bytes.subarray(0, length), "truncated", 100);
    refused(bytes.subarray(0, -1), "truncated");
  });

  test(`anything after a message with ${name} is damage`, () => {
    refused(Buffer.concat([bytes, Buffer.from([0])]), "damaged");
    refused(Buffer.concat([bytes, bytes]), "damaged", 64);
  });
}

test("content that is not encrypted, or not protected, is told as such", () => {
  for (const tag of [2, 4, 8, 11]) refused(packet(tag, randomBytes(10)), "not-encrypted");
  refused(Buffer.from("<FileDump>"), "not-encrypted");
  refused(Buffer.concat([sessionKey, packet(9, randomBytes(100))]), "no-integrity-protection");
  refused(Buffer.concat([sessionKey, packet(11, randomBytes(100))]), "damaged");
});

test("more session keys than anyone needs are refused", () => {
  refused(Buffer.concat(Array.from({ length: 1_001 }, () => sessionKey)), "damaged");
  refused(packet(1, randomBytes(70_000)), "damaged");
});

test("whatever comes, it is a reason and no crash", () => {
  const message = fc.uint8Array({ maxLength: 400 });
  fc.assert(
    fc.property(message, fc.integer({ min: 1, max: 50 }), (bytes, size) => {
      try {
        follow(Buffer.from(bytes), size);
      } catch (error) {
        assert.ok(error instanceof DecryptError);
      }
    }),
  );
});
