import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { dashboardPlaces } from '../../../contracts/operations/dashboard-places.ts';
import { AppError } from '../../http/errors/app-error.ts';
import { Operation } from '../../http/operation.ts';
import { DashboardPage } from './dashboard-page.ts';

/** Answers every address of the dashboard with its page, which fetches its data from `/v1` as the signed-in member. */
@ApiExcludeController()
@Controller()
export class DashboardController {
  constructor(private readonly page: DashboardPage) {}

  @Get(['', 'sign-in', ...dashboardPlaces.flatMap((place) => [place, `${place}/*`])])
  @Operation({ summary: 'The dashboard', access: 'public', produces: 'text/html' })
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const rendered = this.page.render(request.url.split('?')[0] ?? '/');
    if (!rendered)
      throw new AppError(503, 'dashboard.notBuilt', { detail: 'The dashboard is not built: run `npm run build`' });
    void reply
      .headers({
        'Content-Type': 'text/html; charset=utf-8',
        'Cache-Control': 'no-store',
        'Content-Security-Policy': rendered.policy,
      })
      .send(rendered.markup);
  }
}
