import type { DoubleReply } from '../control/http-server.ts';
import type { Journal } from '../control/journal.ts';
import { escapeHtml, page } from '../control/page.ts';
import { MailDetails, readCaughtMail, type CaughtMail } from './mail-double.ts';

/** The list shows the newest ones; older ones are in the journal. */
const shownMails = 200;
/** Foreign HTML: nothing runs and nothing is loaded, links open outside of the frame. */
const mailPolicy =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * The pages of the mail catcher: `/mail`, `/mail/{seq}` with HTML in a sandboxed frame, `/mail/{seq}/text`, `/mail/{seq}/raw`,
 * `/mail/{seq}/html` for the frame itself. Undefined for any other path.
 */
export async function answerMailPage(path: string, journal: Journal): Promise<DoubleReply | undefined> {
  if (path === '/mail' || path === '/mail/') return { status: 200, html: listPage(journal) };
  const [, seq, view] = /^\/mail\/(\d+)(?:\/(html|text|raw))?$/.exec(path) ?? [];
  if (seq === undefined) return undefined;
  const entry = journal.entries().find((each) => each.seq === Number(seq));
  if (entry === undefined)
    return { status: 404, html: page({ title: 'No such mail', body: '<p><a href="/mail">All mails</a></p>' }) };
  const mail = await readCaughtMail(entry);
  switch (view) {
    case 'html':
      return {
        status: 200,
        headers: { 'content-security-policy': mailPolicy },
        html: `<base target="_blank">${mail.html}`,
      };
    case 'text':
      return { status: 200, html: mailPage(mail, 'text', `<pre>${linked(mail.text)}</pre>`) };
    case 'raw':
      return { status: 200, html: mailPage(mail, 'raw', `<pre>${escapeHtml(mail.raw.toString('utf8'))}</pre>`) };
    default:
      return { status: 200, html: mailPage(mail, 'html', frame(mail)) };
  }
}

function listPage(journal: Journal): string {
  const newest = journal.entries().slice(-shownMails).toReversed();
  if (newest.length === 0)
    return page({
      title: 'Mails caught',
      body: '<p class="note">No mail was sent yet. Reload this page after one was.</p>',
    });
  const rows = newest.map((entry) => {
    const details = MailDetails.parse(entry.details);
    const time = `<td class="time">${escapeHtml(entry.at.slice(0, 19).replace('T', ' '))}</td>`;
    const subject = details.subject === '' ? '(no subject)' : decodedSubject(details.subject);
    return `<tr>${time}<td>${escapeHtml(details.to.join(', '))}</td><td><a href="/mail/${entry.seq}">${escapeHtml(subject)}</a></td></tr>`;
  });
  const body = `<p class="note">${journal.entries().length} in all, newest first, times in UTC. Nothing here left this machine.</p>
    <table><thead><tr><th>Time</th><th>To</th><th>Subject</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return page({ title: 'Mails caught', body, isWide: true });
}

function mailPage(mail: CaughtMail, view: 'html' | 'text' | 'raw', content: string): string {
  const links = (['html', 'text', 'raw'] as const).map((each) => {
    const mark = each === view ? ' aria-current="page"' : '';
    return `<a href="/mail/${mail.seq}${each === 'html' ? '' : `/${each}`}"${mark}>${each === 'html' ? 'HTML' : each}</a>`;
  });
  const body = `<dl>
      <dt>To</dt><dd>${escapeHtml(mail.to.join(', '))}</dd>
      <dt>From</dt><dd>${escapeHtml(mail.headers['from'] ?? mail.from)}</dd>
      <dt>Time</dt><dd>${escapeHtml(mail.at)}</dd>
      <dt>Message-ID</dt><dd><code>${escapeHtml(mail.messageId)}</code></dd>
    </dl>
    <nav><a href="/mail">All mails</a>${links.join('')}</nav>
    ${content}`;
  return page({ title: mail.subject === '' ? '(no subject)' : mail.subject, body, isWide: true });
}

function frame(mail: CaughtMail): string {
  if (mail.html === '') return `<pre>${linked(mail.text)}</pre>`;
  return `<iframe title="The mail as its reader sees it" src="/mail/${mail.seq}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`;
}

function linked(text: string): string {
  return escapeHtml(text).replaceAll(
    /https?:\/\/[^\s<>&\])]+(?:&amp;[^\s<>&\])]+)*/g,
    (url) => `<a href="${url}" rel="noreferrer">${url}</a>`,
  );
}

/** RFC 2047 words in a subject, as far as nodemailer writes them (UTF-8, base64 or quoted-printable). */
function decodedSubject(subject: string): string {
  return subject
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?(b|q)\?([^?]*)\?=/gi, (_whole, kind: string, text: string) => {
      if (kind.toLowerCase() === 'b') return Buffer.from(text, 'base64').toString('utf8');
      const bytes = text
        .replaceAll('_', ' ')
        .replaceAll(/=([0-9A-F]{2})/gi, (_hex, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));
      return Buffer.from(bytes, 'latin1').toString('utf8');
    });
}
