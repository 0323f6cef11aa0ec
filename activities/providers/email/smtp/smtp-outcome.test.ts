import { describe, expect, it } from 'vitest';
import { ofUnread } from './smtp-outcome.ts';

function refused(responseCode: number, command: string): ReturnType<typeof ofUnread> {
  return ofUnread(Object.assign(new Error('no'), { code: 'EENVELOPE', responseCode, command }));
}

describe('a mail that the server does not take before its body', () => {
  it.each([530, 534, 535, 538])('waits where %i asks for a sign-in (OpenSMTPD#65, BillionMail#156)', (code) => {
    const message = `The mail server wants a sign-in: see SMTP_USER (${code}).`;
    expect(refused(code, 'MAIL FROM')).toEqual({
      kind: 'deferred',
      retryAfterMs: 60_000,
      error: { code: 'email.auth', message },
    });
  });

  it.each([
    [550, 'RCPT TO', 'rejected', 'email.recipient_refused'],
    [552, 'MAIL FROM', 'rejected', 'email.refused'],
    [503, 'MAIL FROM', 'deferred', 'email.deferred'],
    [451, 'RCPT TO', 'deferred', 'email.deferred'],
  ])('is as before with %i to %s', (responseCode, command, kind, code) => {
    expect(refused(responseCode, command)).toMatchObject({ kind, error: { code } });
  });
});
