import { describe, expect, it } from 'vitest';
import { ofUnread } from './smtp-outcome.ts';

function refused(responseCode: number, command: string): ReturnType<typeof ofUnread> {
  return ofUnread(Object.assign(new Error('no'), { code: 'EENVELOPE', responseCode, command }));
}

describe('a mail that the server does not take before its body', () => {
  it.each([530, 534, 535, 538])('waits where %i asks for a sign-in (OpenSMTPD#65, BillionMail#156)', (code) => {
    const message = `The mail server wants a sign-in by a user and a password (${code}).`;
    expect(refused(code, 'MAIL FROM')).toEqual({
      kind: 'deferred',
      retryAfterMs: 60_000,
      error: { code: 'email.auth', message },
    });
  });

  it.each([
    ['550 5.1.1 <ana@example.com>: user unknown', 'RCPT TO', '550 5.1.1'],
    ['550 No such user here', 'RCPT TO', '550'],
    ['553 5.1.2 no such host', 'RCPT TO', '553 5.1.2'],
    ['525 5.2.1 mailbox disabled', 'RCPT TO', '525 5.2.1'],
    ['550 5.7.1 your address 192.0.2.1 is on a list', 'RCPT TO', undefined],
    ['552 5.2.2 mailbox full', 'RCPT TO', undefined],
    ['550 5.1.8 bad sender', 'RCPT TO', undefined],
    ['554 no', 'RCPT TO', undefined],
    ['450 4.1.1 try later', 'RCPT TO', undefined],
    ['550 5.1.1 not yours', 'MAIL FROM', undefined],
  ])(
    'says that there is no such address, and nothing else, with %j to %s (mautic#4356)',
    (response, command, bounce) => {
      const responseCode = Number(response.slice(0, 3));
      const error = Object.assign(new Error('no'), { code: 'EENVELOPE', responseCode, response, command });
      expect((ofUnread(error) as { bounce?: string }).bounce).toBe(bounce);
    },
  );

  it.each([
    [550, 'RCPT TO', 'rejected', 'email.recipient_refused'],
    [552, 'MAIL FROM', 'rejected', 'email.refused'],
    [503, 'MAIL FROM', 'deferred', 'email.deferred'],
    [451, 'RCPT TO', 'deferred', 'email.deferred'],
  ])('is as before with %i to %s', (responseCode, command, kind, code) => {
    expect(refused(responseCode, command)).toMatchObject({ kind, error: { code } });
  });
});
