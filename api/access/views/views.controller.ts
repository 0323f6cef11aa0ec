import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { NewView, SavedView, SavedViews, ViewQuery } from '../../../contracts/access/views-api.schema.ts';
import { viewRoutes } from '../../../contracts/access/views.routes.ts';
import { Body, Param, Query, Route } from '../../http/route.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { ViewsService } from './views.service.ts';

/** `/v1/views`. */
@ApiTags('Session')
@Controller()
export class ViewsController {
  constructor(private readonly views: ViewsService) {}

  @Route(viewRoutes.list)
  list(@Caller() caller: Principal, @Query() query: ViewQuery): Promise<SavedViews> {
    return this.views.list(caller, query);
  }

  @Route(viewRoutes.save)
  save(@Caller() caller: Principal, @Body() view: NewView): Promise<SavedView> {
    return this.views.save(caller, view);
  }

  @Route(viewRoutes.remove)
  remove(@Caller() caller: Principal, @Param('id') id: string): Promise<void> {
    return this.views.remove(caller, id);
  }
}
