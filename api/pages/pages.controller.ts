import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Config } from '../../platform/config.ts';
import { html, page, sendPage } from '../http/html.ts';
import { Operation } from '../http/operation.ts';
import { CONFIG } from '../http/parts.ts';
import { pagesCss } from './pages-css.ts';

/** The landing page, and the style sheet of all server-rendered pages. */
@ApiExcludeController()
@Controller()
export class PagesController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get()
  @Operation({ summary: 'Says what runs here', access: 'public', produces: 'text/html' })
  home(@Res() reply: FastifyReply): void {
    sendPage(reply, homePage(this.config));
  }

  @Get('assets/pages.css')
  @Operation({ summary: 'The style sheet of the pages', access: 'public', produces: 'text/css' })
  css(@Res() reply: FastifyReply): void {
    void reply
      .headers({ 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'public, max-age=3600' })
      .send(pagesCss);
  }
}

function homePage(config: Config) {
  return page({
    title: 'Throughline',
    body: html`<div class="in narrow">
      <div class="meta"></div>
      <h1>Throughline runs here</h1>
      <p class="lead">Marketing journeys, course enrollments and document batches, each of them durable.</p>
      <div class="cols">
        <ul class="links box">
          <li><a href="/docs">The API, readable</a></li>
          <li><a href="/v1/openapi.json">The API as OpenAPI 3.1</a></li>
          <li><a href="/health/ready">Readiness of every part</a></li>
        </ul>
        <p class="note">
          The API listens under <code>${config.PUBLIC_URL}/v1</code>. Scripts use a key, people sign in by their link or
          with <code>POST /v1/session</code>.
        </p>
      </div>
    </div>`,
  });
}
