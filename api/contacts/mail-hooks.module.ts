import { Module } from '@nestjs/common';
import { MailHooksController } from './mail-hooks.controller.ts';
import { MailHooksService } from './mail-hooks.service.ts';

/** What mail servers and mail services report of mails. */
@Module({ controllers: [MailHooksController], providers: [MailHooksService] })
export class MailHooksModule {}
