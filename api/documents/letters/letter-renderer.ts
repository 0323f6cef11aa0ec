import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Letter } from '../../../domain/documents/letter.ts';
import { AppError } from '../../http/errors/app-error.ts';

/** A letter to show, and what findings quote from it. */
export type LetterJob = { letter: Letter; quotes: string[] };

/** What a job came to. */
export type LetterReply =
  | { kind: 'html'; html: string }
  | { kind: 'skipped'; reason: string }
  | { kind: 'fault'; code: string; message: string };

/** Starting takes 0.2 s on an idle machine; this much on one that is very busy. */
const startMs = 30_000;
/** A caller behind so many would wait longer than people do. */
const mostWaiting = 16;
/** A letter needs 20 MB; a template that needs more is ended by this limit. */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

/**
 * Makes letters for review in a thread of its own, one after another. Templates are not trusted: one that takes too long or
 * too much memory costs only its thread, and the next letter gets a new one.
 */
@Injectable()
export class LetterRenderer implements OnApplicationShutdown {
  /** How long a letter may take; one of two pages takes 5 ms. */
  mostMs = 2_000;
  private thread: Promise<Worker> | null = null;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** @throws AppError 503 where too many wait */
  async render(job: LetterJob): Promise<LetterReply> {
    if (this.waiting >= mostWaiting) throw new AppError(503, 'letter.busy', { retryAfterSeconds: 2 });
    this.waiting += 1;
    const reply = this.last.then(() => this.answer(job)).finally(() => (this.waiting -= 1));
    this.last = reply.catch(() => undefined);
    return reply;
  }

  /** Once no request is under way any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.end();
  }

  private async answer(job: LetterJob): Promise<LetterReply> {
    try {
      const thread = await (this.thread ??= this.start());
      const reply = next(thread, this.mostMs);
      thread.postMessage(job);
      return (await reply) as LetterReply;
    } catch (error) {
      await this.end();
      if (!isLimit(error)) throw error;
      const message = `The letter takes longer than ${this.mostMs / 1_000} s, or more memory than a letter needs`;
      return { kind: 'fault', code: 'template.limit', message };
    }
  }

  private async start(): Promise<Worker> {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    // An empty environment: no secrets within reach of users' templates.
    const options = { resourceLimits, env: {}, execArgv: [] };
    const thread = new Worker(new URL(`./letter.thread.${extension}`, import.meta.url), options);
    thread.unref();
    // A caller that waits for an answer gets the error as well; an error without a waiting caller must not end the API.
    thread.on('error', () => (this.thread = null));
    try {
      await next(thread, startMs);
      return thread;
    } catch (error) {
      await thread.terminate();
      throw error;
    }
  }

  private async end(): Promise<void> {
    const thread = await this.thread?.catch(() => null);
    this.thread = null;
    await thread?.terminate();
  }
}

/** The next message of a thread. @throws what ended the thread, or AbortError when it takes longer */
async function next(thread: Worker, withinMs: number): Promise<unknown> {
  const [message]: unknown[] = await once(thread, 'message', { signal: AbortSignal.timeout(withinMs) });
  return message;
}

function isLimit(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'AbortError' || ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY');
}
