import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { buildMessage } from '../../activities/providers/email/build-message.ts';
import { createSmtpPool } from '../../activities/providers/email/smtp/smtp-pool.ts';
import { startDoubles } from '../control/doubles.ts';

const doubles = await startDoubles();
const pool = createSmtpPool({ host: '127.0.0.1', port: doubles.ports.smtp, tls: 'none' });
afterAll(async () => {
  await pool.close();
  await doubles.stop();
});
beforeEach(() => doubles.control.reset());

async function send(html: string, subject: string): Promise<void> {
  const { raw } = await buildMessage(
    {
      key: subject,
      from: { address: 'us@example.com' },
      to: { address: 'ana@example.com' },
      subject,
      html,
      date: new Date(0),
    },
    { messageIdDomain: 'example.com', messageIdSecret: 's' },
  );
  await pool.send({
    envelope: { from: 'us@example.com', to: 'ana@example.com' },
    raw,
    fence: () => Promise.resolve(true),
  });
}

async function get(path: string): Promise<{ status: number; policy: string | null; html: string }> {
  const response = await fetch(`${doubles.urls.control}${path}`);
  return {
    status: response.status,
    policy: response.headers.get('content-security-policy'),
    html: await response.text(),
  };
}

describe('mail pages', () => {
  it('list the mails, newest first, with readable subjects', async () => {
    await send('<p>One</p>', 'Erste Nachricht – schön');
    await send('<p>Two</p>', 'Second');
    const { html } = await get('/mail');
    expect(html.indexOf('Second')).toBeLessThan(html.indexOf('Erste Nachricht – schön'));
    expect(html.indexOf('Second')).toBeGreaterThan(0);
  });

  it('never run or show as markup what a mail brings', async () => {
    await send(
      '<script>alert(1)</script><p>Hello <a href="https://example.com/g/1">decide</a></p>',
      '<img src=x onerror=alert(1)>',
    );
    const list = await get('/mail');
    expect(list.html).toContain('&lt;img src=x');
    const shown = await get('/mail/1');
    expect(shown.html).not.toContain('<script');
    expect(shown.html).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
    const frame = await get('/mail/1/html');
    expect(frame.html).toContain('https://example.com/g/1');
    expect(frame.policy).toMatch(/^sandbox allow-popups [^;]*; default-src 'none'/);
  });

  it('show text and raw, and say so when there is no such mail', async () => {
    await send('<p>Hello <a href="https://example.com/a?b=1&c=2">there</a></p>', 'Hi');
    expect((await get('/mail/1/text')).html).toContain('href="https://example.com/a?b=1&amp;c=2"');
    expect((await get('/mail/1/raw')).html).toContain('Message-ID: &lt;');
    expect((await get('/mail/99')).status).toBe(404);
  });

  it('are what the client reads', async () => {
    await send('<p>Hello</p>', 'Hi');
    const [mail] = await doubles.control.mails();
    expect(mail).toMatchObject({
      subject: 'Hi',
      to: ['ana@example.com'],
      html: expect.stringContaining('<p>Hello</p>'),
    });
    expect(mail?.headers['message-id']).toBe(mail?.messageId);
  });
});
