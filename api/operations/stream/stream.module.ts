import { Module } from '@nestjs/common';
import { ChangeFeed } from './change-feed.ts';
import { StreamController } from './stream.controller.ts';
import { StreamLimits } from './stream-limits.ts';
import { StreamService } from './stream.service.ts';

/** Live changes over server-sent events. */
@Module({ controllers: [StreamController], providers: [StreamService, ChangeFeed, StreamLimits] })
export class StreamModule {}
