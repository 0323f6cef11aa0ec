import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Letter } from '../../../domain/documents/letter.ts';
import { createRenderPool } from '../../../platform/render/render-pool.ts';
import { RenderFault, type RenderedDocument } from '../../../platform/render/render-protocol.ts';
import { AppError } from '../../http/errors/app-error.ts';

/** A letter to show, and what findings quote from it. */
export type LetterJob = { letter: Letter; quotes: string[] };

/** A person waits for it; a letter of two pages takes 5 ms. */
const timeoutMs = 2_000;
/** A caller behind so many would wait longer than people do. */
const mostWaiting = 16;

/** Makes letters for review where documents are made for delivery, in a process of the render pool, one after another. */
@Injectable()
export class LetterRenderer implements OnApplicationShutdown {
  private readonly pool = createRenderPool({ size: 1, timeoutMs });
  private waiting = 0;

  /** @throws AppError 422 with the template's own code, 503 where too many wait */
  async render({ letter, quotes }: LetterJob): Promise<RenderedDocument> {
    if (this.waiting >= mostWaiting) throw new AppError(503, 'letter.busy', { retryAfterSeconds: 2 });
    this.waiting += 1;
    try {
      return await this.pool.render({ ...letter, quotes, formats: ['html'] });
    } catch (error) {
      throw refusalOf(error);
    } finally {
      this.waiting -= 1;
    }
  }

  /** Once no request is under way any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.pool.close();
  }
}

/** What the template did, as an answer to its reader; any other fault is ours and stays what it is. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof RenderFault)) return error;
  const { code, message } = error;
  if (code === 'render.timeout' || code === 'render.crashed') {
    const detail = `The letter takes longer than ${timeoutMs / 1_000} s, or more memory than a letter needs`;
    return new AppError(422, 'template.limit', { detail });
  }
  return code.startsWith('template.') ? new AppError(422, code, { detail: message }) : error;
}
