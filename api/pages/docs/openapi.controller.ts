import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { sendPage } from '../../http/html.ts';
import { Operation } from '../../http/operation.ts';
import { docsPage } from './docs-page.ts';
import { OpenApiService } from './openapi.service.ts';

/** The API about itself: for machines, and for people. */
@ApiExcludeController()
@Controller()
export class OpenApiController {
  constructor(private readonly openApi: OpenApiService) {}

  @Get('v1/openapi.json')
  @Operation({ summary: 'Gives the OpenAPI document', access: 'public', produces: 'application/json' })
  show(): OpenAPIObject {
    return this.openApi.document();
  }

  @Get('docs')
  @Operation({ summary: 'Shows the API, readable', access: 'public', produces: 'text/html' })
  read(@Res() reply: FastifyReply): void {
    sendPage(reply, docsPage(this.openApi.document()));
  }
}
