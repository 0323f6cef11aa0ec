import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { MasterKey, MasterKeys } from './keys/master-keys.ts';

/** A new secret of 256 random bits, 43 characters that may stand in an address. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token: its SHA-256. Safe for 256 random bits, which cannot be guessed from a leaked table. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Signs `payload` for one `purpose` with the current master key: `payload.signature`, both in base64url. */
export function signToken({ current }: MasterKeys, purpose: string, payload: string): string {
  return `${Buffer.from(payload).toString('base64url')}.${signature(current, purpose, payload).toString('base64url')}`;
}

/** The payload of a token made by `signToken` for the same purpose and one of the keys, or null. */
export function verifyToken({ all }: MasterKeys, purpose: string, token: string): string | null {
  const [body, mark, ...rest] = token.split('.');
  if (body === undefined || mark === undefined || rest.length > 0) return null;
  const payload = Buffer.from(body, 'base64url').toString();
  const given = Buffer.from(mark, 'base64url');
  const isSigned = all.some((key) => {
    const expected = signature(key, purpose, payload);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return isSigned ? payload : null;
}

function signature(key: MasterKey, purpose: string, payload: string): Buffer {
  return createHmac('sha256', key.text).update(`throughline/${purpose}\0${payload}`).digest();
}
