import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  StoredTemplate,
  Template,
  TemplateInput,
  TemplateKind,
  TemplateQuery,
  TemplateVersion,
} from '../../../contracts/journeys/templates-api.schema.ts';
import { pageOf, PageQuery, Slug, VersionNumber } from '../../../contracts/core/values.schema.ts';
import { Operation } from '../../http/operation.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { TemplatesService } from './templates.service.ts';

/** `/v1/templates`. */
@ApiTags('Templates')
@Controller('v1/templates')
export class TemplatesController {
  constructor(private readonly templates: TemplatesService) {}

  @Get()
  @Operation({ summary: 'Lists templates, newest first', access: 'templates:read', answer: pageOf(Template) })
  list(@Caller() caller: Principal, @Query({ schema: TemplateQuery }) query: TemplateQuery): Promise<Page<Template>> {
    return this.templates.list(caller, query);
  }

  @Put(':kind/:slug')
  @Operation({ summary: 'Stores a template’s next version', access: 'templates:write', answer: StoredTemplate })
  put(
    @Caller() caller: Principal,
    @Param('kind', { schema: TemplateKind }) kind: TemplateKind,
    @Param('slug', { schema: Slug }) slug: string,
    @Body({ schema: TemplateInput }) input: TemplateInput,
  ): Promise<StoredTemplate> {
    return this.templates.put(caller, { kind, slug }, input);
  }

  @Get(':kind/:slug')
  @Operation({ summary: 'Shows a template’s latest version', access: 'templates:read', answer: TemplateVersion })
  show(
    @Caller() caller: Principal,
    @Param('kind', { schema: TemplateKind }) kind: TemplateKind,
    @Param('slug', { schema: Slug }) slug: string,
  ): Promise<TemplateVersion> {
    return this.templates.show(caller, { kind, slug }, null);
  }

  @Get(':kind/:slug/versions')
  @Operation({
    summary: 'Lists a template’s versions, newest first',
    access: 'templates:read',
    answer: pageOf(TemplateVersion),
  })
  versions(
    @Caller() caller: Principal,
    @Param('kind', { schema: TemplateKind }) kind: TemplateKind,
    @Param('slug', { schema: Slug }) slug: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<Page<TemplateVersion>> {
    return this.templates.versions(caller, { kind, slug }, query);
  }

  @Get(':kind/:slug/versions/:version')
  @Operation({ summary: 'Shows one version of a template', access: 'templates:read', answer: TemplateVersion })
  version(
    @Caller() caller: Principal,
    @Param('kind', { schema: TemplateKind }) kind: TemplateKind,
    @Param('slug', { schema: Slug }) slug: string,
    @Param('version', { schema: VersionNumber }) version: number,
  ): Promise<TemplateVersion> {
    return this.templates.show(caller, { kind, slug }, version);
  }
}
