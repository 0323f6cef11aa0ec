import { Controller, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type {
  Batch,
  BatchAgain,
  BatchDetail,
  BatchQuery,
  BatchReason,
  BatchResume,
  ListedDocument,
  DocumentQuery,
} from '../../contracts/documents/batches-api.schema.ts';
import { batchRoutes } from '../../contracts/documents/batches.routes.ts';
import { Body, Param, Query, Route } from '../http/route.ts';
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
@Controller()
export class BatchesController {
  constructor(
    private readonly batches: BatchesService,
    private readonly intake: IntakeService,
    private readonly documents: DocumentsService,
    private readonly files: FilesService,
  ) {}

  @Route(batchRoutes.create)
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: upload })
  create(
    @Caller() caller: Principal,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Batch> {
    return this.intake.create(caller, request, reply);
  }

  @Route(batchRoutes.list)
  list(@Caller() caller: Principal, @Query() query: BatchQuery): Promise<Page<Batch>> {
    return this.batches.list(caller, query);
  }

  @Route(batchRoutes.show)
  show(@Caller() caller: Principal, @Param('id') id: string): Promise<BatchDetail> {
    return this.batches.show(caller, id);
  }

  @Route(batchRoutes.pause)
  pause(@Caller() caller: Principal, @Param('id') id: string, @Body() input: BatchReason): Promise<Batch> {
    return this.batches.pause(caller, id, input);
  }

  @Route(batchRoutes.resume)
  resume(@Caller() caller: Principal, @Param('id') id: string, @Body() input: BatchResume): Promise<Batch> {
    return this.batches.resume(caller, id, input);
  }

  @Route(batchRoutes.cancel)
  cancel(@Caller() caller: Principal, @Param('id') id: string, @Body() input: BatchReason): Promise<Batch> {
    return this.batches.cancel(caller, id, input);
  }

  @Route(batchRoutes.again)
  again(@Caller() caller: Principal, @Param('id') id: string, @Body() input: BatchAgain): Promise<Batch> {
    return this.intake.again(caller, id, input);
  }

  @Route(batchRoutes.listDocuments)
  listDocuments(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Query() query: DocumentQuery,
  ): Promise<Page<ListedDocument>> {
    return this.documents.list(caller, id, query);
  }

  @Route(batchRoutes.archive)
  async archive(@Caller() caller: Principal, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    sendDownload(reply, await this.files.archive(caller, id));
  }

  @Route(batchRoutes.manifest)
  async manifest(@Caller() caller: Principal, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    sendDownload(reply, await this.files.manifest(caller, id));
  }

  @Route(batchRoutes.errors)
  async errors(@Caller() caller: Principal, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    sendDownload(reply, await this.files.errors(caller, id));
  }
}
