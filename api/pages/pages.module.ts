import { Module } from '@nestjs/common';
import { PagesController } from './pages.controller.ts';

/** What a browser finds at the root. */
@Module({ controllers: [PagesController] })
export class PagesModule {}
