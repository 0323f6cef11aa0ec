import { Module } from '@nestjs/common';
import { GatePageController } from './gate-page.controller.ts';
import { GatePageService } from './gate-page.service.ts';

/** The page behind a mail's link, where an assignee decides. */
@Module({ controllers: [GatePageController], providers: [GatePageService] })
export class GatePageModule {}
