import { Module } from '@nestjs/common';
import { GatePageController } from './gate-page.controller.ts';
import { GatePageService } from './gate-page.service.ts';
import { GatesController } from './gates.controller.ts';
import { GatesService } from './gates.service.ts';

/** Approvals: the inbox, decisions, and the page behind a mail's link. */
@Module({
  controllers: [GatesController, GatePageController],
  providers: [GatesService, GatePageService],
})
export class GatesModule {}
