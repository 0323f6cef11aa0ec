import { Module } from '@nestjs/common';
import { PasswordResetController } from './password-reset.controller.ts';
import { PasswordResetService } from './password-reset.service.ts';
import { SignInController } from './sign-in.controller.ts';
import { SignInService } from './sign-in.service.ts';

/** One-time links: signing in without a password, and setting a new one. */
@Module({
  controllers: [SignInController, PasswordResetController],
  providers: [SignInService, PasswordResetService],
  exports: [SignInService],
})
export class SignInModule {}
