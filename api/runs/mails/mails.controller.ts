import { Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { MailFileQuery, MailQuery, SentMail } from '../../../contracts/runs/mails-api.schema.ts';
import { mailRoutes } from '../../../contracts/runs/mails.routes.ts';
import { Query, Route } from '../../http/route.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { MailsService } from './mails.service.ts';

/** `/v1/mails`. */
@ApiTags('Effects')
@Controller()
export class MailsController {
  constructor(private readonly mails: MailsService) {}

  @Route(mailRoutes.list)
  list(@Caller() caller: Principal, @Query() query: MailQuery): Promise<Page<SentMail>> {
    return this.mails.list(caller, query);
  }

  @Route(mailRoutes.file)
  file(@Caller() caller: Principal, @Query() query: MailFileQuery, @Res() reply: FastifyReply): void {
    void reply
      .headers({
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': 'attachment; filename="mails.csv"',
        'Cache-Control': 'private, no-store',
      })
      .send(this.mails.file(caller, query));
  }
}
