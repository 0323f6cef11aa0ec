import { Module } from '@nestjs/common';
import { TemplatesController } from './templates.controller.ts';
import { TemplatesService } from './templates.service.ts';

/** Words of messages, prompts and documents. */
@Module({ controllers: [TemplatesController], providers: [TemplatesService] })
export class TemplatesModule {}
