import { Module } from '@nestjs/common';
import { PaidPageController } from './paid-page.controller.ts';

/** The page that a checkout leads back to. */
@Module({ controllers: [PaidPageController] })
export class PaidPageModule {}
