import type { MasterKeys } from '../keys/master-keys.ts';
import type { MailReport } from './mail-report.ts';
import type { MailHookSettings } from './settings.ts';

/** A call of a hook as it came: the body byte by byte, and its headers with names in small letters. */
export type HookCall = { body: Buffer; headers: Readonly<Record<string, string | string[] | undefined>> };

/** What a call held: reports of our mails; how many events were of others' mails or of no concern; and how many could not be read. */
export type ReadCall = { reports: MailReport[]; others: number; unread: number };

/** Why a call is not believed: nothing to believe it by is set, its signature is wrong, or it is signed and cannot be read. */
export class HookRefused extends Error {
  readonly code: Refusal;

  constructor(code: Refusal, message: string) {
    super(message);
    this.code = code;
  }
}

type Refusal = 'mailHook.notConfigured' | 'mailHook.badSignature' | 'mailHook.badBody';

/**
 * A service that reports what became of mails. `read` believes a call, or not, and says what it holds. It changes nothing.
 * @throws HookRefused
 */
export type MailService = {
  read(call: HookCall, by: { keys: MasterKeys; settings: MailHookSettings }): Promise<ReadCall>;
};

/** One header of a call; an empty text where there is none. */
export function headerOf({ headers }: HookCall, name: string): string {
  return [headers[name]].flat()[0] ?? '';
}
