import { describe, expect, it } from 'vitest';
import { MailServer } from '../../contracts/access/connections-api.schema.ts';
import { mailHooksOf, storedMailServer } from './mail-connection.ts';

const given = { kind: 'smtpServer', host: 'smtp.school.example', port: 587, tls: 'starttls', fromAddress: 'a@b.test' };
const withSecret = (reportSecret: string) => MailServer.parse({ ...given, reportSecret });

describe('the secrets that reports of a workspace’s mails are believed by', () => {
  const [one, other] = ['the-first-half-of-it', 'the-second-half-of-it'];

  it('is one where it was stored with a comma before two could be given', () => {
    expect(mailHooksOf(withSecret(`${one},${other}`)).MAIL_HOOK_SECRET).toEqual([`${one},${other}`]);
  });

  it.each([',', ' , '])('are two where they are given as two (%o)', (between) => {
    const stored = storedMailServer(withSecret(`${one}${between}${other}`));
    expect(mailHooksOf(MailServer.parse(stored)).MAIL_HOOK_SECRET).toEqual([one, other]);
  });
});
