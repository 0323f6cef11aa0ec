import type { INestApplication } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { createOpenApiDocument } from './create-document.ts';

/** Keeps the OpenAPI document, which is made when it is first asked for. */
@Injectable()
export class OpenApiService {
  private app: INestApplication | null = null;
  private made: OpenAPIObject | null = null;

  /** Says whose routes are described; once, when the application stands. */
  describe(app: INestApplication): void {
    this.app = app;
  }

  document(): OpenAPIObject {
    if (!this.app) throw new Error('No application was described');
    this.made ??= createOpenApiDocument(this.app);
    return this.made;
  }
}
