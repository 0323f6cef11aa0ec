import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Finding } from '../../../contracts/documents/documents.ts';
import { letterOf } from '../../../domain/documents/letter.ts';
import { findListedBatch } from '../../../platform/db/views/batches-list.ts';
import { findDocument } from '../../../platform/db/views/documents-list.ts';
import { AppError, conflict, notFound } from '../../http/errors/app-error.ts';
import type { Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';
import type { Download } from '../files.service.ts';
import { type LetterJob, LetterRenderer } from './letter-renderer.ts';

/** Shows documents as they will be rendered, with what findings quote marked and locked clauses tinted. */
@Injectable()
export class LettersService {
  constructor(
    private readonly store: Store,
    private readonly renderer: LetterRenderer,
  ) {}

  /** @throws AppError 409 where nothing is written yet, 422 where no letter comes of it, with the template's own code */
  async show(caller: Principal, id: string): Promise<Download> {
    const letter = await this.renderer.render(await this.find(caller, id));
    if (letter.kind === 'skipped')
      throw new AppError(422, 'letter.skipped', { detail: `The template leaves this row out: ${letter.reason}` });
    const content = Buffer.from(letter.html ?? '');
    return {
      content: Readable.from([content]),
      name: 'letter.html',
      mediaType: 'text/html; charset=utf-8',
      sizeBytes: content.byteLength,
    };
  }

  private find(caller: Principal, id: string): Promise<LetterJob> {
    return this.store.inWorkspace(caller, async (tx) => {
      const document = await findDocument(tx, caller.workspaceId, id);
      if (!document) throw notFound('document');
      const batch = await findListedBatch(tx, caller.workspaceId, document.batch_id);
      if (!batch) throw notFound('batch');
      if (document.answers === null) throw conflict('document.notWritten', 'Nothing is written for this row');
      const quotes = (document.findings as Finding[]).flatMap(({ evidence }) => evidence?.text ?? []);
      return { letter: letterOf(batch, document), quotes };
    });
  }
}
