import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { BatchOptions, KeptOptions } from '../../../contracts/documents/batch.schema.ts';
import type { Batch, BatchAgain } from '../../../contracts/documents/batches-api.schema.ts';
import { recordAudit } from '../../../platform/db/access/audit.ts';
import { countDocuments } from '../../../platform/db/documents/batch-figures.ts';
import { findListedBatch, hasBatchOfRows } from '../../../platform/db/views/batches-list.ts';
import { createBatch } from '../../../platform/db/documents/batches.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { newId } from '../../../platform/ids.ts';
import { registryOf } from '../../../platform/models/registry-of-workspace.ts';
import type { ObjectStore } from '../../../platform/objects/file-store.ts';
import { answerOnce, idempotencyKeyOf } from '../../http/request/answer-once.ts';
import { AppError } from '../../http/errors/app-error.ts';
import { CONFIG, OBJECTS } from '../../http/parts.ts';
import type { ApiConfig } from '../../settings.ts';
import { type ApiRequest, auditActor, type Principal, requesterOf } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';
import { batchOf } from '../batch-view.ts';
import { dated } from './letter-date.ts';
import { ownParts, rowsToMakeAgain } from './make-again.ts';
import { checkColumns, checkFonts, checkLanguage, checkMends, checkModel, templateOf } from './validate-batch.ts';
import { readUpload, type Upload } from './read-upload.ts';

/** Takes in batches: what cannot work is refused at once, with its place; what is accepted is durable and starts by itself. */
@Injectable()
export class IntakeService {
  constructor(
    private readonly store: Store,
    @Inject(OBJECTS) private readonly objects: ObjectStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
  ) {}

  async create(caller: Principal, request: ApiRequest, reply: FastifyReply): Promise<Batch> {
    const key = idempotencyKeyOf(request);
    const upload = await readUpload(request, this.objects, caller.workspaceId);
    try {
      const batch = await this.accept(caller, upload, key, reply);
      // A stored answer belongs to the rows that came with the first call.
      if (reply.hasHeader('Idempotency-Replayed')) await this.objects.delete(upload.rowsKey);
      return batch;
    } catch (error) {
      if (error instanceof AppError || !(await this.isKept(caller, upload.rowsKey)))
        await this.objects.delete(upload.rowsKey);
      throw error;
    }
  }

  /** Begins a batch of the rows that an ended one has no document of; their file stays where it is. */
  async again(caller: Principal, id: string, input: BatchAgain): Promise<Batch> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => {
      const made = await rowsToMakeAgain(tx, workspaceId, id, input);
      const upload = { ...made, options: this.withModel(made.options), parts: ownParts };
      checkModel(await registryOf(tx, workspaceId, this.config), upload);
      await checkColumns(this.objects, { ...upload, rowsLookedAt: 0 }, made.template);
      const { batchId } = await createBatch(tx, {
        workspaceId,
        options: await dated(tx, workspaceId, upload.options),
        template: made.template,
        templateHash: made.templateHash,
        // Under this key lies nothing, so that code of before, which would make all rows of the file, makes none.
        rowsKey: `${workspaceId}/again/${newId()}`,
        againOf: id,
        requestedBy: requesterOf(caller),
      });
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'batch.madeAgain',
        subject: { kind: 'batch', id: batchId },
        detail: { name: made.options.name, againOf: id, reason: input.reason, budgetMicros: made.options.budgetMicros },
      });
      return this.madeBatch(tx, workspaceId, batchId);
    });
  }

  /** Options that name a model: the installation's of now, which then stays, where they name none. */
  private withModel(options: BatchOptions): KeptOptions {
    return { ...options, model: options.model ?? this.config.LLM_MODEL };
  }

  private async madeBatch(tx: Tx, workspaceId: string, batchId: string): Promise<Batch> {
    const row = await findListedBatch(tx, workspaceId, batchId);
    if (!row) throw new Error('The batch was just made');
    return batchOf(row, (await countDocuments(tx, workspaceId, [batchId]))(batchId));
  }

  /**
   * After a fault the batch may be there all the same: a commit whose answer was lost. Where that is not known, the rows
   * stay.
   */
  private async isKept(caller: Principal, rowsKey: string): Promise<boolean> {
    return this.store.inWorkspace(caller, (tx) => hasBatchOfRows(tx, caller.workspaceId, rowsKey)).catch(() => true);
  }

  private async accept(caller: Principal, upload: Upload, key: string | null, reply: FastifyReply): Promise<Batch> {
    checkFonts(upload);
    const chosen = this.withModel(upload.options);
    const made = await this.store.inWorkspace(caller, async (tx) => {
      checkModel(await registryOf(tx, caller.workspaceId, this.config), { ...upload, options: chosen });
      await checkMends(tx, caller.workspaceId, upload);
      return templateOf(tx, caller.workspaceId, upload);
    });
    checkLanguage(upload, made.template);
    await checkColumns(this.objects, upload, made.template);
    const work = (): Promise<Batch> =>
      this.store.inWorkspace(caller, async (tx) => {
        const { workspaceId } = caller;
        const { rowsKey, rowsHash } = upload;
        const options = await dated(tx, workspaceId, chosen);
        const { batchId } = await createBatch(tx, {
          workspaceId,
          options,
          ...made,
          rowsKey,
          requestedBy: requesterOf(caller),
        });
        await recordAudit(tx, {
          ...auditActor(caller),
          act: 'batch.created',
          subject: { kind: 'batch', id: batchId },
          detail: { name: options.name, rowsHash, templateHash: made.templateHash, budgetMicros: options.budgetMicros },
        });
        return this.madeBatch(tx, workspaceId, batchId);
      });
    if (key === null) return work();
    const requestHash = createHash('sha256')
      .update(`batch\n${upload.rowsHash}\n${JSON.stringify(upload.options)}`)
      .digest();
    return answerOnce(this.store, { caller, key, requestHash, reply }, work);
  }
}
