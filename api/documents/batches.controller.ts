import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  Batch,
  BatchDetail,
  BatchQuery,
  BatchReason,
  BatchResume,
  Document,
  DocumentQuery,
} from '../../contracts/documents/batches-api.schema.ts';
import { Id, pageOf } from '../../contracts/core/values.schema.ts';
import { Operation } from '../http/operation.ts';
import type { Page } from '../http/request/paging.ts';
import { type ApiRequest, Caller, type Principal } from '../http/caller/principal.ts';
import { BatchesService } from './batches.service.ts';
import { DocumentsService } from './documents.service.ts';
import { FilesService } from './files.service.ts';
import { IntakeService } from './intake/intake.service.ts';
import { sendDownload } from './send-download.ts';

const upload = {
  type: 'object',
  required: ['rows', 'options'],
  properties: {
    rows: { type: 'string', format: 'binary', description: 'CSV with a header line' },
    options: { type: 'string', description: 'JSON: what becomes of the rows (BatchOptions)' },
    brief: { type: 'string', description: 'Markdown; instead of options.brief' },
    template: { type: 'string', description: 'JSON or slug@version; instead of options.template' },
    brand: { type: 'string', description: 'JSON; instead of options.brand' },
  },
};

/** `/v1/batches`. */
@ApiTags('Batches')
@Controller('v1/batches')
export class BatchesController {
  constructor(
    private readonly batches: BatchesService,
    private readonly intake: IntakeService,
    private readonly documents: DocumentsService,
    private readonly files: FilesService,
  ) {}

  @Post()
  @Operation({
    summary: 'Starts a batch from a file of rows',
    access: 'batches:write',
    answer: Batch,
    status: 202,
    idempotent: true,
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: upload })
  create(
    @Caller() caller: Principal,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Batch> {
    return this.intake.create(caller, request, reply);
  }

  @Get()
  @Operation({ summary: 'Lists batches, newest first', access: 'batches:read', answer: pageOf(Batch) })
  list(@Caller() caller: Principal, @Query({ schema: BatchQuery }) query: BatchQuery): Promise<Page<Batch>> {
    return this.batches.list(caller, query);
  }

  @Get(':id')
  @Operation({ summary: 'Shows a batch and its progress', access: 'batches:read', answer: BatchDetail })
  show(@Caller() caller: Principal, @Param('id', { schema: Id }) id: string): Promise<BatchDetail> {
    return this.batches.show(caller, id);
  }

  @Post(':id/pause')
  @Operation({
    summary: 'Pauses a batch; documents in progress are finished',
    access: 'batches:write',
    answer: Batch,
    status: 202,
    idempotent: true,
  })
  pause(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: BatchReason }) input: BatchReason,
  ): Promise<Batch> {
    return this.batches.pause(caller, id, input);
  }

  @Post(':id/resume')
  @Operation({
    summary: 'Resumes a paused batch, with another budget if one is given',
    access: 'batches:write',
    answer: Batch,
    status: 202,
    idempotent: true,
  })
  resume(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: BatchResume }) input: BatchResume,
  ): Promise<Batch> {
    return this.batches.resume(caller, id, input);
  }

  @Post(':id/cancel')
  @Operation({
    summary: 'Ends a batch for good; what was made stays',
    access: 'batches:write',
    answer: Batch,
    status: 202,
    idempotent: true,
  })
  cancel(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: BatchReason }) input: BatchReason,
  ): Promise<Batch> {
    return this.batches.cancel(caller, id, input);
  }

  @Get(':id/documents')
  @Operation({
    summary: 'Lists the documents of a batch in the order of its file',
    access: 'batches:read',
    answer: pageOf(Document),
  })
  listDocuments(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: DocumentQuery }) query: DocumentQuery,
  ): Promise<Page<Document>> {
    return this.documents.list(caller, id, query);
  }

  @Get(':id/archive')
  @Operation({ summary: 'Gives the ZIP of all documents', access: 'batches:read', produces: 'application/zip' })
  async archive(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendDownload(reply, await this.files.archive(caller, id));
  }

  @Get(':id/manifest')
  @Operation({ summary: 'Says what became of every row', access: 'batches:read', produces: 'application/json' })
  async manifest(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendDownload(reply, await this.files.manifest(caller, id));
  }

  @Get(':id/errors.csv')
  @Operation({ summary: 'Lists the rows without a document, and why', access: 'batches:read', produces: 'text/csv' })
  async errors(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendDownload(reply, await this.files.errors(caller, id));
  }
}
