import type { FastifyReply } from 'fastify';
import type { DocumentFormat } from '../../contracts/documents/batch.schema.ts';
import type { Download } from './files.service.ts';

/** What a template or a model wrote may look like a letter and must run nothing. */
const sandbox = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * Streams a file as an attachment. What a template or a model wrote is opened nowhere near our own pages: it is downloaded,
 * and a browser that shows it anyway does so in a sandbox.
 */
export function sendDownload(reply: FastifyReply, file: Download): void {
  send(reply, file, {
    'Content-Disposition': `attachment; filename="${file.name}"`,
    'Content-Security-Policy': sandbox,
  });
}

/**
 * Streams a document to be looked at, in a frame of our own pages at most. HTML runs no script, sends no form and has no origin. A PDF
 * has no sandbox, because browsers show none in one; it may load nothing, and its viewer has what Chromium's is made of: the file as an
 * object, and styles of its own (https://crbug.com/271452).
 */
export function sendInline(reply: FastifyReply, file: Download, format: DocumentFormat): void {
  const policies = { html: sandbox, pdf: "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'" };
  send(reply, file, {
    'Content-Disposition': `inline; filename="${file.name}"`,
    'Content-Security-Policy': `${policies[format]}; frame-ancestors 'self'`,
    'X-Frame-Options': 'SAMEORIGIN',
    'X-Content-Type-Options': 'nosniff',
  });
}

function send(reply: FastifyReply, { content, mediaType, sizeBytes }: Download, headers: Record<string, string>): void {
  void reply
    .headers({
      'Content-Type': mediaType,
      'Cache-Control': 'private, no-store',
      ...headers,
      ...(sizeBytes === null ? {} : { 'Content-Length': String(sizeBytes) }),
    })
    .send(content);
}
