import { Module } from '@nestjs/common';
import { UnsubscribeController } from './unsubscribe.controller.ts';

/** Leaving and coming back to the mails. */
@Module({ controllers: [UnsubscribeController] })
export class UnsubscribeModule {}
