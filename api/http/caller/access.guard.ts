import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Access, Permission } from '../../../contracts/access/access.ts';
import { AppError } from '../errors/app-error.ts';
import { metadata } from '../operation.ts';
import { OriginCheck } from './origin-check.ts';
import { type ApiRequest, principalOf, requireRight } from './principal.ts';

/**
 * Decides on every route, after routing, so no spelling of a path gets around it: what a handler's `@Route` or
 * `@Operation` does not allow is refused, and a handler without either is refused to all. A cookie's state changes must come from our own pages.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly origin: OriginCheck,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const access = this.reflector.get<Access | undefined>(metadata.access, context.getHandler());
    if (access === 'public') return true;
    if (access === undefined) throw new AppError(403, 'auth.forbidden', { detail: 'This route is closed' });
    const caller = principalOf(request);
    if (caller.session && !isSafe(request.method)) this.origin.requireOwn(request);
    const or = this.reflector.get<Permission | undefined>(metadata.or, context.getHandler());
    if (access !== 'signedIn' && !(or && caller.permissions.has(or))) requireRight(caller, access);
    const alsoNeeds = this.reflector.get<Permission | undefined>(metadata.alsoNeeds, context.getHandler());
    if (alsoNeeds) requireRight(caller, alsoNeeds);
    return true;
  }
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
