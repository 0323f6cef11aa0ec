import { Module } from '@nestjs/common';
import { PagesController } from './pages.controller.ts';

/** What the server-rendered pages share. */
@Module({ controllers: [PagesController] })
export class PagesModule {}
