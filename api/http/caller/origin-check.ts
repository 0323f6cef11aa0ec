import type { ApiRequest } from './principal.ts';
import { AppError } from '../errors/app-error.ts';

/**
 * Whether a browser sent a request from one of our own pages: by `Sec-Fetch-Site`, which every current browser sends and no
 * page can set, else by `Origin`.
 */
export class OriginCheck {
  private readonly own: string;

  constructor(publicUrl: string) {
    this.own = new URL(publicUrl).origin;
  }

  /** Refuses unless the request says that it is ours: for requests that a cookie authenticates. @throws AppError 403 */
  requireOwn(request: ApiRequest): void {
    if (this.verdict(request) !== 'own') throw refused();
  }

  /** Refuses what says that it is foreign, and lets pass what says nothing: for sign-in, also from a script. @throws AppError 403 */
  refuseForeign(request: ApiRequest): void {
    if (this.verdict(request) === 'foreign') throw refused();
  }

  private verdict(request: ApiRequest): 'own' | 'foreign' | 'unsaid' {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined) return site === 'same-origin' ? 'own' : 'foreign';
    const { origin } = request.headers;
    if (origin === undefined) return 'unsaid';
    return origin === this.own ? 'own' : 'foreign';
  }
}

function refused(): AppError {
  return new AppError(403, 'origin.refused', { detail: 'A change by cookie must come from our own pages' });
}
