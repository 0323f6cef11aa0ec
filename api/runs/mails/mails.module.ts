import { Module } from '@nestjs/common';
import { MailsController } from './mails.controller.ts';
import { MailsService } from './mails.service.ts';

/** Who got which mail. */
@Module({ controllers: [MailsController], providers: [MailsService] })
export class MailsModule {}
