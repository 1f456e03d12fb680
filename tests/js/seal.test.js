import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import {
  digest,
  fromBase64,
  makeDraftKeys,
  open,
  sealEnvelope,
  sealTo,
  toBase64,
  unlock,
} from "../../static/app/seal.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const book = JSON.parse(await readFile(new URL("../casebook/envelope.json", import.meta.url)));
const privateKey = await crypto.subtle.importKey("jwk", book.private, CURVE, false, ["deriveBits"]);
const { d: _, ...jwk } = book.private;

/** What the server does when it opens an envelope. */
async function opened(body) {
  const { id, key, ...box } = JSON.parse(body);
  const plain = await open(privateKey, "attune-envelope-1", `${id}|${key}`, box);
  return JSON.parse(new TextDecoder().decode(plain));
}

test("an envelope that the server's code sealed opens with the phone's", async () => {
  assert.deepEqual(await opened(book.body), book.payload);
});

test("what the phone seals has the agreed shape and opens with the server's key", async () => {
  const body = await sealEnvelope({ id: book.key, jwk }, book.id, book.payload);
  const envelope = JSON.parse(body);
  assert.deepEqual(Object.keys(envelope).sort(), ["ct", "epk", "id", "iv", "key", "v"]);
  assert.equal(fromBase64(envelope.epk).length, 65);
  assert.equal(fromBase64(envelope.iv).length, 12);
  assert.deepEqual(await opened(body), book.payload);
});

test("two envelopes of the same answers have nothing in common", async () => {
  const server = { id: book.key, jwk };
  const one = JSON.parse(await sealEnvelope(server, book.id, book.payload));
  const two = JSON.parse(await sealEnvelope(server, book.id, book.payload));
  assert.notEqual(one.epk, two.epk);
  assert.notEqual(one.ct, two.ct);
});

test("an envelope under another id, or for another purpose, does not open", async () => {
  const { id: _id, key, ...box } = JSON.parse(book.body);
  await assert.rejects(open(privateKey, "attune-envelope-1", `other|${key}`, box));
  await assert.rejects(open(privateKey, "attune-draft-1", `${book.id}|${key}`, box));
});

test("the PIN opens the draft key, another PIN does not", async () => {
  const keys = await makeDraftKeys("123456");
  assert.equal(keys.privateKey, undefined);
  const box = await sealTo(keys.publicKey, "attune-draft-1", "me", new Uint8Array([1, 2, 3]));
  assert.equal(await unlock(keys, "123457"), null);
  const key = await unlock(keys, "123456");
  assert.deepEqual(
    new Uint8Array(await open(key, "attune-draft-1", "me", box)),
    new Uint8Array([1, 2, 3]),
  );
});

test("without a PIN the private half cannot be read out by any script", async () => {
  const keys = await makeDraftKeys(null);
  const privateHalf = await unlock(keys, "");
  assert.equal(privateHalf.extractable, false);
  await assert.rejects(crypto.subtle.exportKey("pkcs8", privateHalf));
});

test("the unlocked draft key cannot be read out either", async () => {
  const key = await unlock(await makeDraftKeys("000000"), "000000");
  assert.equal(key.extractable, false);
});

test("base64url without padding goes there and back, whatever the bytes", () => {
  for (let size = 0; size < 70; size += 1) {
    const bytes = crypto.getRandomValues(new Uint8Array(size));
    assert.match(toBase64(bytes), /^[\w-]*$/);
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
  }
});

test("the digest is SHA-256 of the text's UTF-8, in hexadecimal", async () => {
  const expected = createHash("sha256").update("Grüße", "utf8").digest("hex");
  assert.equal(await digest("Grüße"), expected);
});
