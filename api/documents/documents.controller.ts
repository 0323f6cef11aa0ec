import { Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type {
  ContentQuery,
  Document,
  DocumentDecision,
  DocumentDetail,
  DocumentDrafts,
  NewDraft,
} from '../../contracts/documents/batches-api.schema.ts';
import { documentRoutes } from '../../contracts/documents/documents.routes.ts';
import { Body, Param, Query, Route } from '../http/route.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { DocumentsService } from './documents.service.ts';
import { DraftsService } from './drafts.service.ts';
import { FilesService } from './files.service.ts';
import { LettersService } from './letters/letters.service.ts';
import { sendDownload, sendInline } from './send-download.ts';

/** `/v1/documents`. */
@ApiTags('Batches')
@Controller()
export class DocumentsController {
  constructor(
    private readonly documents: DocumentsService,
    private readonly texts: DraftsService,
    private readonly files: FilesService,
    private readonly letters: LettersService,
  ) {}

  @Route(documentRoutes.show)
  show(@Caller() caller: Principal, @Param('id') id: string): Promise<DocumentDetail> {
    return this.documents.show(caller, id);
  }

  @Route(documentRoutes.decide)
  decide(@Caller() caller: Principal, @Param('id') id: string, @Body() decision: DocumentDecision): Promise<Document> {
    return this.documents.decide(caller, id, decision);
  }

  @Route(documentRoutes.drafts)
  drafts(@Caller() caller: Principal, @Param('id') id: string): Promise<DocumentDrafts> {
    return this.texts.list(caller, id);
  }

  @Route(documentRoutes.redraft)
  redraft(@Caller() caller: Principal, @Param('id') id: string, @Body() draft: NewDraft): Promise<Document> {
    return this.texts.ask(caller, id, draft);
  }

  @Route(documentRoutes.dropDraft)
  dropDraft(@Caller() caller: Principal, @Param('id') id: string): Promise<Document> {
    return this.texts.drop(caller, id);
  }

  @Route(documentRoutes.letter)
  async letter(@Caller() caller: Principal, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    sendInline(reply, await this.letters.show(caller, id), 'html');
  }

  @Route(documentRoutes.content)
  async content(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Query() query: ContentQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { format, disposition } = query;
    const file = await this.files.content(caller, id, format);
    if (disposition === 'inline') sendInline(reply, file, format);
    else sendDownload(reply, file);
  }
}
