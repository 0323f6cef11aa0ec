import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AccessGuard } from './caller/access.guard.ts';
import { Attempts } from './caller/attempts.ts';
import { Authenticator } from './caller/authenticator.ts';
import { OriginCheck } from './caller/origin-check.ts';
import { objectsProvider } from './objects.ts';
import { type ApiParts, CONFIG, KEYS, LOG, OBJECTS, SYSTEM_DB, TEMPORAL } from './parts.ts';
import { SessionOpener } from './caller/session-opener.ts';
import { RequestMetrics } from './request-metrics.ts';
import { ProblemFilter } from './errors/problem.filter.ts';
import { LeftGates } from './left-gates.ts';
import { Store } from './store.ts';
import { ValidationPipe } from './request/validation.pipe.ts';

/** What every feature gets without importing it: the parts, the store, and the global guard, pipe and filter. */
@Global()
@Module({})
export class HttpModule {
  static with(parts: ApiParts): DynamicModule {
    const store = new Store(parts.app);
    const authenticator = new Authenticator(parts.app, parts.config);
    return {
      module: HttpModule,
      providers: [
        { provide: CONFIG, useValue: parts.config },
        { provide: KEYS, useValue: parts.keys },
        { provide: LOG, useValue: parts.log },
        objectsProvider,
        { provide: TEMPORAL, useValue: parts.temporal },
        { provide: SYSTEM_DB, useValue: parts.system },
        { provide: Store, useValue: store },
        { provide: Authenticator, useValue: authenticator },
        { provide: Attempts, useValue: new Attempts(store) },
        { provide: SessionOpener, useValue: new SessionOpener(parts.config, store, authenticator) },
        { provide: LeftGates, useValue: new LeftGates(store, parts.log) },
        { provide: RequestMetrics, useValue: new RequestMetrics() },
        { provide: OriginCheck, useValue: new OriginCheck(parts.config.PUBLIC_URL) },
        { provide: APP_FILTER, useValue: new ProblemFilter(parts.log) },
        { provide: APP_PIPE, useClass: ValidationPipe },
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
      exports: [
        CONFIG,
        KEYS,
        LOG,
        OBJECTS,
        TEMPORAL,
        SYSTEM_DB,
        Store,
        Attempts,
        Authenticator,
        SessionOpener,
        LeftGates,
        OriginCheck,
        RequestMetrics,
      ],
    };
  }
}
