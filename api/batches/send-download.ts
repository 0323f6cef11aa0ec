import type { FastifyReply } from 'fastify';
import type { Download } from './files.service.ts';

/**
 * Streams a file as an attachment. What a template or a model wrote is opened nowhere near our own pages: it is downloaded, and
 * a browser that shows it all the same does so in a sandbox.
 */
export function sendDownload(reply: FastifyReply, { content, name, mediaType, sizeBytes }: Download): void {
  void reply
    .headers({
      'Content-Type': mediaType,
      'Content-Disposition': `attachment; filename="${name}"`,
      'Content-Security-Policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
      'Cache-Control': 'private, no-store',
      ...(sizeBytes === null ? {} : { 'Content-Length': String(sizeBytes) }),
    })
    .send(content);
}
