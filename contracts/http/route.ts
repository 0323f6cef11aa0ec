import type { z } from 'zod';
import type { Access } from '../access/access.ts';

/** An endpoint: all that its controller, its clients and the OpenAPI document say of it. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Its whole path; parts that differ from call to call begin with a colon. */
  readonly path: string;
  /** One short sentence, present tense, for the OpenAPI document. */
  readonly summary: string;
  readonly access: Access;
  /** The schema of each part of the path that begins with a colon. */
  readonly params?: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The body is a multipart form. */
  readonly takesForm?: true;
  /** The schema of the answer; none for an answer without a body, or one that is a file. */
  readonly answer?: z.ZodType;
  /** 200 unless given; 204 for an answer without a body. */
  readonly status?: number;
  /** Media type of an answer that is not read by a schema. */
  readonly produces?: string;
  /** A write that takes `Idempotency-Key`: it happens once, however often it is sent under one key. */
  readonly idempotent?: true;
};

/** Describes an endpoint in the one place where its path is written; the compiler compares `params` with the path. */
// @__NO_SIDE_EFFECTS__
export function defineRoute<const R extends Route>(route: R & Checked<R>): R {
  return route;
}

/** The names of the parts of a path that begin with a colon. */
type Names<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** Exactly the path's parts as `params`, and no member that a route does not have. */
type Checked<R extends Route> = ([Names<R['path']>] extends [never]
  ? { params?: never }
  : { params: Readonly<Record<Names<R['path']>, z.ZodType>> }) & { [Other in Exclude<keyof R, keyof Route>]: never };

/** What a route answers; void without a schema. */
export type AnswerOf<R extends Route> = R extends { answer: infer A extends z.ZodType } ? z.output<A> : void;
