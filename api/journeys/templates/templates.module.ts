import { Module } from '@nestjs/common';
import { MessagePreviewService } from './message-preview.service.ts';
import { StepMailsController } from './step-mails.controller.ts';
import { StepMailsService } from './step-mails.service.ts';
import { TemplatesController } from './templates.controller.ts';
import { TemplatesService } from './templates.service.ts';

/** Words of messages, prompts and documents, and the mails that journeys make of them. */
@Module({
  controllers: [TemplatesController, StepMailsController],
  providers: [TemplatesService, MessagePreviewService, StepMailsService],
})
export class TemplatesModule {}
