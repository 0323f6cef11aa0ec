import { Module } from '@nestjs/common';
import { SetupController } from './setup.controller.ts';
import { SignInModule } from '../../access/sign-in/sign-in.module.ts';

/** The page that makes the first workspace and its administrator. */
@Module({ imports: [SignInModule], controllers: [SetupController] })
export class SetupModule {}
