import type { FastifyReply } from 'fastify';

/** A mail in a frame of the dashboard: it runs nothing, asks nobody for anything but pictures, and its links open nothing. */
export function sendMailPage(reply: FastifyReply, html: string): void {
  void reply
    .headers({
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy':
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'",
      'X-Frame-Options': 'SAMEORIGIN',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'private, no-store',
    })
    .send(html);
}
