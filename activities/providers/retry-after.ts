/**
 * How long a service asks to wait, in milliseconds, from the headers of a 429 or 503: `retry-after-ms`, else `retry-after` in seconds or
 * as a date, else the reset of whichever of the `x-ratelimit-*` limits is used up; a day at most. Null if it does not say.
 */
export function retryAfterMs(headers: { get(name: string): string | null }, nowMs: number): number | null {
  const waitMs = saidMs(headers, nowMs);
  return waitMs === null ? null : Math.min(waitMs, longestMs);
}

/** To ask once a day is not too often, and what is longer is a mistake more often than not. */
const longestMs = 86_400_000;
/** No pause in seconds is as long: it is an instant, in seconds since 1970. */
const fewestEpochSeconds = 1_000_000_000;

function saidMs(headers: { get(name: string): string | null }, nowMs: number): number | null {
  const precise = positiveNumber(headers.get('retry-after-ms'));
  if (precise !== null) return Math.ceil(precise);
  const plain = headers.get('retry-after');
  const seconds = positiveNumber(plain);
  if (seconds !== null && seconds >= fewestEpochSeconds) return Math.max(0, Math.ceil(seconds * 1000 - nowMs));
  if (seconds !== null) return Math.ceil(seconds * 1000);
  // Only an HTTP date: Date.parse takes "-1" for a year.
  const at = plain !== null && /^[A-Z][a-z]{2}, \d/.test(plain) ? Date.parse(plain) : Number.NaN;
  if (!Number.isNaN(at)) return Math.max(0, at - nowMs);
  const resets = ['requests', 'tokens']
    .filter((limit) => headers.get(`x-ratelimit-remaining-${limit}`) === '0')
    .map((limit) => durationMs(headers.get(`x-ratelimit-reset-${limit}`)))
    .filter((reset) => reset !== null);
  return resets.length === 0 ? null : Math.max(...resets);
}

/** A duration as rate-limit headers write it: `20ms`, `1.5s`, `6m0s`, `1h2m3s`, or plain seconds. Null if it is none. */
export function durationMs(text: string | null): number | null {
  if (text === null || text === '') return null;
  const plain = positiveNumber(text);
  if (plain !== null) return Math.ceil(plain * 1000);
  const parts = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(
    text,
  );
  if (parts === null) return null;
  const [hours, minutes, seconds, milliseconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return Math.ceil(((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(milliseconds));
}

function positiveNumber(text: string | null): number | null {
  // Some servers send -1 for "not limited".
  return text !== null && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}
