import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  StoredTemplate,
  Template,
  TemplateInput,
  TemplateKind,
  TemplateQuery,
  TemplateVersion,
} from '../../../contracts/journeys/templates-api.schema.ts';
import type { PageQuery } from '../../../contracts/core/values.schema.ts';
import { templateRoutes } from '../../../contracts/journeys/templates.routes.ts';
import { Body, Param, Query, Route } from '../../http/route.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { TemplatesService } from './templates.service.ts';

/** `/v1/templates`. */
@ApiTags('Templates')
@Controller()
export class TemplatesController {
  constructor(private readonly templates: TemplatesService) {}

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
