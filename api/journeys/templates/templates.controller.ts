import { Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type {
  PreviewOf,
  StoredTemplate,
  Template,
  TemplateInput,
  TemplateKind,
  TemplateQuery,
  TemplateUses,
  TemplateVersion,
} from '../../../contracts/journeys/templates-api.schema.ts';
import type { PageQuery } from '../../../contracts/core/values.schema.ts';
import type { TestMailAsked } from '../../../contracts/messaging/test-mails-api.schema.ts';
import { templateRoutes } from '../../../contracts/journeys/templates.routes.ts';
import { Body, Param, Query, Route } from '../../http/route.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { MessagePreviewService } from './message-preview.service.ts';
import { sendMailPage } from './send-mail-page.ts';
import { TemplatesService } from './templates.service.ts';

/** `/v1/templates`. */
@ApiTags('Templates')
@Controller()
export class TemplatesController {
  constructor(
    private readonly templates: TemplatesService,
    private readonly previews: MessagePreviewService,
  ) {}

  @Route(templateRoutes.list)
  list(@Caller() caller: Principal, @Query() query: TemplateQuery): Promise<Page<Template>> {
    return this.templates.list(caller, query);
  }

  @Route(templateRoutes.put)
  put(
    @Caller() caller: Principal,
    @Param('kind') kind: TemplateKind,
    @Param('slug') slug: string,
    @Body() input: TemplateInput,
  ): Promise<StoredTemplate> {
    return this.templates.put(caller, { kind, slug }, input);
  }

  @Route(templateRoutes.show)
  show(
    @Caller() caller: Principal,
    @Param('kind') kind: TemplateKind,
    @Param('slug') slug: string,
  ): Promise<TemplateVersion> {
    return this.templates.show(caller, { kind, slug }, null);
  }

  @Route(templateRoutes.preview)
  async preview(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Query() of: PreviewOf,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendMailPage(reply, await this.previews.show(caller, slug, of));
  }

  @Route(templateRoutes.test)
  test(@Caller() caller: Principal, @Param('slug') slug: string, @Body() of: PreviewOf): Promise<TestMailAsked> {
    return this.previews.test(caller, slug, of);
  }

  @Route(templateRoutes.uses)
  uses(
    @Caller() caller: Principal,
    @Param('kind') kind: TemplateKind,
    @Param('slug') slug: string,
  ): Promise<TemplateUses> {
    return this.templates.uses(caller, { kind, slug });
  }

  @Route(templateRoutes.versions)
  versions(
    @Caller() caller: Principal,
    @Param('kind') kind: TemplateKind,
    @Param('slug') slug: string,
    @Query() query: PageQuery,
  ): Promise<Page<TemplateVersion>> {
    return this.templates.versions(caller, { kind, slug }, query);
  }

  @Route(templateRoutes.version)
  version(
    @Caller() caller: Principal,
    @Param('kind') kind: TemplateKind,
    @Param('slug') slug: string,
    @Param('version') version: number,
  ): Promise<TemplateVersion> {
    return this.templates.show(caller, { kind, slug }, version);
  }
}
