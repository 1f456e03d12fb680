/**
 * The PIN before the server: it proves that somebody knows it, and never hears it. Only pages that need
 * the network for it load this; going on with a draft asks nobody but the phone.
 */
import { fromBase64, toBase64 } from "./seal.js";

const ROUNDS = 600_000;
// Another purpose, another secret: what the server checks opens no draft, and the other way round.
const PURPOSE = "attune-pin-proof-1|";

/** @typedef {{ ok: true } | { ok: false, status: number, error: string, wait: number }} Outcome */

/**
 * What proves a PIN: 32 bytes that follow from it and the salt, slowly.
 * @param {string} pin
 * @param {string} salt
 */
export async function proofOf(pin, salt) {
  const raw = new TextEncoder().encode(PURPOSE + pin.normalize("NFKC"));
  const material = await crypto.subtle.importKey("raw", raw, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: fromBase64(salt), iterations: ROUNDS };
  return toBase64(await crypto.subtle.deriveBits(how, material, 256));
}

/** @param {string} method @param {string} path @param {object} body @returns {Promise<Outcome>} */
async function ask(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (response.ok) return { ok: true };
  const { error = "" } = await response.json().catch(() => ({}));
  const wait = Number(response.headers.get("Retry-After") ?? 0);
  return { ok: false, status: response.status, error, wait };
}

/** Let the server check this PIN from now on. @param {string} pin */
export async function tellPin(pin) {
  const salt = toBase64(crypto.getRandomValues(new Uint8Array(16)));
  return ask("PUT", "/api/pin", { salt, proof: await proofOf(pin, salt) });
}

/** Bind this browser again by its place. @param {string} locator @param {string} pin @returns {Promise<Outcome>} */
export async function rebind(locator, pin) {
  const place = await fetch(`/api/place/${encodeURIComponent(locator)}`);
  const told = await place.json();
  if (!place.ok) return { ok: false, status: place.status, error: told.error ?? "", wait: 0 };
  const proof = await proofOf(pin, told.salt);
  return ask("POST", "/api/rebind", { locator, proof });
}

/** Open reading back for some minutes. @param {string} pin @returns {Promise<Outcome | "none">} "none": no PIN here */
export async function openReading(pin) {
  const { salt } = await (await fetch("/api/pin")).json();
  if (!salt) return "none";
  return ask("POST", "/api/reading", { proof: await proofOf(pin, salt) });
}
