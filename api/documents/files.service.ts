import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { DocumentFormat } from '../../contracts/documents/batch.schema.ts';
import { manifestEntry, manifestHead, type StoredFile, whyMissing } from '../../domain/documents/manifest.ts';
import { findListedBatch, type ListedBatch } from '../../platform/db/views/batches-list.ts';
import { rowErrorsOf, rowsKeyOf } from '../../platform/db/documents/batches.ts';
import { findDocument } from '../../platform/db/views/documents-list.ts';
import { documentsOf, type DocumentRow } from '../../platform/db/documents/documents.ts';
import { errorsCsv, formatOf, type RowFault } from '../../platform/rows/csv/errors-csv.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import { conflict, notFound } from '../http/errors/app-error.ts';
import { OBJECTS } from '../http/parts.ts';
import type { Principal } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';

/** A file on its way to the caller; `sizeBytes` is null where it is written as it goes. */
export type Download = { content: Readable; name: string; mediaType: string; sizeBytes: number | null };

/** Documents read in one transaction while a list is written. */
const pageRows = 500;

const mediaTypes: Record<DocumentFormat, string> = { pdf: 'application/pdf', html: 'text/html; charset=utf-8' };

/** Hands out what a batch made: single documents, the archive, the manifest and the rows without a document. */
@Injectable()
export class FilesService {
  constructor(
    private readonly store: Store,
    @Inject(OBJECTS) private readonly objects: ObjectStore,
  ) {}

  async content(caller: Principal, id: string, format: DocumentFormat): Promise<Download> {
    const document = await this.store.inWorkspace(caller, (tx) => findDocument(tx, caller.workspaceId, id));
    if (!document) throw notFound('document');
    const file = ((document.files ?? {}) as Record<string, StoredFile>)[format];
    if (!file) throw conflict('document.notRendered', `There is no ${format} of this document`);
    return this.open(file.key, file.name, mediaTypes[format]);
  }

  async archive(caller: Principal, id: string): Promise<Download> {
    const batch = await this.find(caller, id);
    if (batch.archive_key === null) throw conflict('batch.notDelivered', 'The archive is made at the end of the batch');
    return this.open(batch.archive_key, `${batch.id}.zip`, 'application/zip');
  }

  async manifest(caller: Principal, id: string): Promise<Download> {
    const batch = await this.find(caller, id);
    const lines = this.manifestLines(caller, batch);
    return { content: Readable.from(lines), name: 'manifest.json', mediaType: 'application/json', sizeBytes: null };
  }

  async errors(caller: Principal, id: string): Promise<Download> {
    const batch = await this.find(caller, id);
    const lines = this.errorLines(caller, batch);
    return { content: Readable.from(lines), name: 'errors.csv', mediaType: 'text/csv; charset=utf-8', sizeBytes: null };
  }

  private async *manifestLines(caller: Principal, batch: ListedBatch): AsyncGenerator<string> {
    const head = manifestHead(batch);
    yield `${JSON.stringify(head).slice(0, -1)},"documents":[`;
    let separator = '\n';
    for await (const documents of this.pages(caller, batch)) {
      for (const document of documents) {
        yield `${separator}${JSON.stringify(manifestEntry(document))}`;
        separator = ',\n';
      }
    }
    yield '\n]}\n';
  }

  /** Refused rows and documents that cannot be had; while the batch runs, as far as is known. */
  private async *errorLines(caller: Principal, batch: ListedBatch): AsyncGenerator<string> {
    const { refused, rowsKey } = await this.store.inWorkspace(caller, async (tx) => {
      return { refused: await rowErrorsOf(tx, batch), rowsKey: await rowsKeyOf(tx, batch) };
    });
    const faults = new Map<number, RowFault>(refused.map(({ line, ...fault }) => [line, { key: '', ...fault }]));
    for await (const documents of this.pages(caller, batch)) {
      for (const document of documents) {
        const why = batch.ended_at !== null || isLost(document) ? whyMissing(document) : null;
        if (why) faults.set(document.line, { key: document.key, ...why });
      }
    }
    const rows = await this.objects.open(rowsKey);
    try {
      yield* errorsCsv(rows?.content ?? null, faults, formatOf(batch));
    } finally {
      rows?.content.destroy();
    }
  }

  private async *pages(caller: Principal, batch: ListedBatch): AsyncGenerator<DocumentRow[]> {
    for (let from = 1; from <= batch.rows; from += pageRows) {
      yield await this.store.inWorkspace(caller, (tx) => documentsOf(tx, batch, { from, to: from + pageRows - 1 }));
    }
  }

  private async find(caller: Principal, id: string): Promise<ListedBatch> {
    const batch = await this.store.inWorkspace(caller, (tx) => findListedBatch(tx, caller.workspaceId, id));
    if (!batch) throw notFound('batch');
    return batch;
  }

  private async open(key: string, name: string, mediaType: string): Promise<Download> {
    const file = await this.objects.open(key);
    if (!file) throw new Error(`${key} is gone from the object store`);
    return { content: file.content, name, mediaType, sizeBytes: file.sizeBytes };
  }
}

/** Whether it is certain already that there will be no document. */
function isLost({ generated, rendered }: DocumentRow): boolean {
  return ['failed', 'skipped'].includes(generated) || ['withheld', 'failed'].includes(rendered);
}
