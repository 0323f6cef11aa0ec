import { Module } from '@nestjs/common';
import { ViewsController } from './views.controller.ts';
import { ViewsService } from './views.service.ts';

/** What people have narrowed lists to, each for themselves. */
@Module({ controllers: [ViewsController], providers: [ViewsService] })
export class ViewsModule {}
