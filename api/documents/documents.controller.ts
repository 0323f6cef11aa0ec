import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  ContentQuery,
  Document,
  DocumentDecision,
  DocumentDetail,
} from '../../contracts/documents/batches-api.schema.ts';
import { Id } from '../../contracts/core/values.schema.ts';
import { Operation } from '../http/operation.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { DocumentsService } from './documents.service.ts';
import { FilesService } from './files.service.ts';
import { LettersService } from './letters/letters.service.ts';
import { sendDownload, sendInline } from './send-download.ts';

/** `/v1/documents`. */
@ApiTags('Batches')
@Controller('v1/documents')
export class DocumentsController {
  constructor(
    private readonly documents: DocumentsService,
    private readonly files: FilesService,
    private readonly letters: LettersService,
  ) {}

  @Get(':id')
  @Operation({ summary: 'Shows a document with its contents', access: 'batches:read', answer: DocumentDetail })
  show(@Caller() caller: Principal, @Param('id', { schema: Id }) id: string): Promise<DocumentDetail> {
    return this.documents.show(caller, id);
  }

  @Post(':id/decisions')
  @Operation({
    summary: 'Decides about one document in review',
    access: 'gates:decide',
    answer: Document,
    idempotent: true,
  })
  decide(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: DocumentDecision }) decision: DocumentDecision,
  ): Promise<Document> {
    return this.documents.decide(caller, id, decision);
  }

  @Get(':id/letter')
  @Operation({
    summary: 'Shows a document as it will be rendered, with what the checks quote marked',
    access: 'batches:read',
    produces: 'text/html',
  })
  async letter(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendInline(reply, await this.letters.show(caller, id), 'html');
  }

  @Get(':id/content')
  @Operation({ summary: 'Gives a document’s file', access: 'batches:read', produces: 'application/octet-stream' })
  async content(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: ContentQuery }) query: ContentQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { format, disposition } = query;
    const file = await this.files.content(caller, id, format);
    if (disposition === 'inline') sendInline(reply, file, format);
    else sendDownload(reply, file);
  }
}
