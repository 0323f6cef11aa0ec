import type { z } from 'zod';
import type { MailReport } from './mail-report.ts';
import { HookRefused, type ReadCall } from './mail-service.ts';

/** The JSON of a body. @throws HookRefused where it is none */
export function jsonOf(body: Buffer | string): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new HookRefused('mailHook.badBody', 'The call is signed, and its body is no JSON');
  }
}

/** Reads events one by one: one that cannot be read costs its neighbours nothing. `reportOf` gives null for one that is of no concern. */
export function readEvents<T extends z.ZodType>(
  schema: T,
  events: readonly unknown[],
  reportOf: (event: z.infer<T>) => MailReport | null,
): ReadCall {
  const read: ReadCall = { reports: [], others: 0, unread: 0 };
  for (const event of events) {
    const parsed = schema.safeParse(event);
    const report = parsed.success ? reportOf(parsed.data) : null;
    if (!parsed.success) read.unread += 1;
    else if (report) read.reports.push(report);
    else read.others += 1;
  }
  return read;
}
