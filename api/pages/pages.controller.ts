import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Operation } from '../http/operation.ts';
import { pagesCss } from './pages-css.ts';

/** The style sheet of all server-rendered pages. */
@ApiExcludeController()
@Controller()
export class PagesController {
  @Get('assets/pages.css')
  @Operation({ summary: 'The style sheet of the pages', access: 'public', produces: 'text/css' })
  css(@Res() reply: FastifyReply): void {
    void reply
      .headers({ 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'public, max-age=3600' })
      .send(pagesCss);
  }
}
