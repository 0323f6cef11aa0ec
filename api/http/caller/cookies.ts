import type { FastifyReply } from 'fastify';
import type { Config } from '../../../platform/config.ts';
import { AppError } from '../errors/app-error.ts';
import type { ApiRequest } from './principal.ts';

/** The settings that say how cookies are named and kept safe. */
export type CookieConfig = Pick<Config, 'PUBLIC_URL' | 'INSECURE_LAN'>;

/** The name of the session cookie: `__Host-tl` over https, else `tl`. */
export function cookieName(config: CookieConfig): string {
  return isHttps(config) ? '__Host-tl' : 'tl';
}

/** The session token that a request carries, if any. */
export function sessionToken(request: Pick<ApiRequest, 'cookies'>, config: CookieConfig): string | undefined {
  return request.cookies[cookieName(config)];
}

/**
 * Gives the browser its session. Without https only on loopback, unless the operator has allowed the local network.
 * @throws AppError 403 `session.insecure`
 */
export function setSessionCookie(
  reply: FastifyReply,
  config: CookieConfig,
  session: { token: string; expiresAt: Date },
): void {
  if (!isHttps(config) && !isLoopback(config) && !config.INSECURE_LAN) {
    throw new AppError(403, 'session.insecure', {
      detail: 'Signing in needs https away from this machine, or INSECURE_LAN=true',
    });
  }
  reply.setCookie(cookieName(config), session.token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(config),
    expires: session.expiresAt,
  });
}

/** Takes the session from the browser. */
export function clearSessionCookie(reply: FastifyReply, config: CookieConfig): void {
  reply.clearCookie(cookieName(config), { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps(config) });
}

function isHttps(config: CookieConfig): boolean {
  return new URL(config.PUBLIC_URL).protocol === 'https:';
}

function isLoopback(config: CookieConfig): boolean {
  const host = new URL(config.PUBLIC_URL).hostname;
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
