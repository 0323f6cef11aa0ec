import { Module } from '@nestjs/common';
import { MessagePreviewService } from './message-preview.service.ts';
import { TemplatesController } from './templates.controller.ts';
import { TemplatesService } from './templates.service.ts';

/** Words of messages, prompts and documents. */
@Module({ controllers: [TemplatesController], providers: [TemplatesService, MessagePreviewService] })
export class TemplatesModule {}
