import { Module } from '@nestjs/common';
import { SetupController } from './setup.controller.ts';
import { SignInController } from './sign-in.controller.ts';
import { SignInService } from './sign-in.service.ts';

/** One-time links: the first admin's set-up, and signing in without a password. */
@Module({ controllers: [SignInController, SetupController], providers: [SignInService] })
export class SignInModule {}
