import { Module } from '@nestjs/common';
import { SignInController } from './sign-in.controller.ts';
import { SignInService } from './sign-in.service.ts';

/** One-time links: signing in without a password. */
@Module({ controllers: [SignInController], providers: [SignInService], exports: [SignInService] })
export class SignInModule {}
