/**
 * Seals and opens with the browser's own WebCrypto: ECDH on P-256, HKDF-SHA-256, AES-256-GCM.
 *
 * An envelope is sealed to the server's key, and this phone cannot open it again. A draft is sealed to
 * the phone's own draft key, whose private half is wrapped by the participant's PIN.
 */
import { CURVE, encoder, random, sealTo, shared, toBase64 } from "./drafts.js";

export { sealTo, toBase64 };

/** @typedef {import("./drafts.js").Box} Box */
/** @typedef {{ salt: string, iv: string, ct: string }} Wrapped */
/** @typedef {{ publicKey: CryptoKey, privateKey?: CryptoKey, wrapped?: Wrapped, wrong: number, until?: number }} DraftKeys */
/** @typedef {{ id: string, jwk: JsonWebKey }} ServerKey */

const ROUNDS = 600_000;

/** @param {string} text */
export function fromBase64(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/**
 * @param {CryptoKey} privateKey
 * @param {string} info
 * @param {string} context
 * @param {Box} box
 */
export async function open(privateKey, info, context, box) {
  const epk = await crypto.subtle.importKey("raw", fromBase64(box.epk), CURVE, true, []);
  const key = await shared(privateKey, epk, info);
  const additionalData = encoder.encode(context);
  const how = { name: "AES-GCM", iv: fromBase64(box.iv), additionalData };
  return crypto.subtle.decrypt(how, key, fromBase64(box.ct));
}

/**
 * Seal a finished response for the server; the text returned is what is delivered, byte for byte.
 * @param {ServerKey} server
 * @param {string} id
 * @param {object} payload
 */
export async function sealEnvelope(server, id, payload) {
  const { kty, crv, x, y } = server.jwk;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, CURVE, true, []);
  const plain = encoder.encode(JSON.stringify(payload));
  const box = await sealTo(key, "attune-envelope-1", `${id}|${server.id}`, plain);
  return JSON.stringify({ v: 1, id, key: server.id, ...box });
}

/** @param {string} text */
export async function digest(text) {
  const bytes = await crypto.subtle.digest("SHA-256", encoder.encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} pin @param {Uint8Array<ArrayBuffer>} salt */
async function pinKey(pin, salt) {
  const raw = encoder.encode(pin.normalize("NFKC"));
  const material = await crypto.subtle.importKey("raw", raw, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  const kind = { name: "AES-GCM", length: 256 };
  return crypto.subtle.deriveKey(how, material, kind, false, ["wrapKey", "unwrapKey"]);
}

/**
 * Make the key pair that drafts are sealed to. With a PIN the private half lies wrapped; without one
 * (the study chose so) it lies in the browser's store, where no script can read it out.
 * @param {string | null} pin
 * @returns {Promise<DraftKeys>}
 */
export async function makeDraftKeys(pin) {
  const pair = await crypto.subtle.generateKey(CURVE, pin !== null, ["deriveBits"]);
  if (pin === null) return { ...pair, wrong: 0 };
  const salt = random(16);
  const iv = random(12);
  const how = { name: "AES-GCM", iv };
  const key = await pinKey(pin, salt);
  const ct = await crypto.subtle.wrapKey("pkcs8", pair.privateKey, key, how);
  const wrapped = { salt: toBase64(salt), iv: toBase64(iv), ct: toBase64(ct) };
  return { publicKey: pair.publicKey, wrapped, wrong: 0 };
}

/**
 * Return the private half, or null when the PIN is wrong.
 * @param {DraftKeys} keys
 * @param {string} pin
 */
export async function unlock(keys, pin) {
  if (!keys.wrapped) return keys.privateKey ?? null;
  const { salt, iv, ct } = keys.wrapped;
  const key = await pinKey(pin, fromBase64(salt));
  const how = { name: "AES-GCM", iv: fromBase64(iv) };
  try {
    return await crypto.subtle.unwrapKey("pkcs8", fromBase64(ct), key, how, CURVE, false, [
      "deriveBits",
    ]);
  } catch {
    return null;
  }
}
