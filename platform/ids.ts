import { randomFillSync } from 'node:crypto';

/** Random bytes for 256 ids: asking for them one by one takes longer than all else about an id. */
const randoms = Buffer.alloc(256 * 16);
let used = randoms.length;

/** A new UUIDv7 (RFC 9562 §5.7): sortable by the millisecond it was made in. */
export function newId(now = Date.now()): string {
  if (used === randoms.length) {
    randomFillSync(randoms);
    used = 0;
  }
  const bytes = randoms.subarray(used, (used += 16));
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
