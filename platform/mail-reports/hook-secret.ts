import { createHash, timingSafeEqual } from 'node:crypto';
import { headerOf, type HookCall, HookRefused } from './mail-service.ts';

/** Believes a call that brings one of `secrets`, as a Bearer token or the password of Basic. @throws HookRefused */
export function requireSecret(call: HookCall, setting: string, secrets: readonly string[]): void {
  if (secrets.length === 0)
    throw new HookRefused('mailHook.notConfigured', `Set ${setting} to the secret of this hook`);
  const [scheme = '', credentials = ''] = headerOf(call, 'authorization').split(/ +/);
  const basic = scheme.toLowerCase() === 'basic' ? Buffer.from(credentials, 'base64').toString() : null;
  const given = basic === null ? credentials : basic.slice(basic.indexOf(':') + 1);
  if (!secrets.some((secret) => timingSafeEqual(digest(secret), digest(given))))
    throw new HookRefused(
      'mailHook.badSignature',
      'The secret is missing or wrong: send it as the password of Basic, or as a Bearer token',
    );
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
