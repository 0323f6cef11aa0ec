import type { z } from 'zod';
import type { Access, Permission } from '../access/access.ts';

/** An endpoint: all that its controller, its clients and the OpenAPI document say of it. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Its whole path; parts that differ from call to call begin with a colon. */
  readonly path: string;
  /** One short sentence, present tense, for the OpenAPI document. */
  readonly summary: string;
  readonly access: Access;
  /** A second right that it needs, where it shows what two of them protect. */
  readonly alsoNeeds?: Permission;
  /** A right that does in place of `access`, for a part of what it protects; the service looks which. */
  readonly or?: Permission;
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

/**
 * What a route takes as its query. The compiler knows its names; its values are text in an address, often what a person has typed,
 * and the server checks them. What is null or undefined is left out.
 */
export type QueryOf<R extends Route> = R extends { query: infer Q extends z.ZodObject }
  ? { readonly [Name in keyof z.output<Q>]?: string | number | boolean | null | undefined }
  : never;

/** What a route takes as its body. */
export type BodyOf<R extends Route> = R extends { body: infer B extends z.ZodType } ? z.input<B> : never;

/** What any call may say besides the parts of its path. */
export type Call = {
  readonly query?: object | undefined;
  readonly body?: unknown;
  readonly form?: FormData | undefined;
  /** The idempotency key: the write happens once, however often it is sent. */
  readonly once?: string | undefined;
};

/** How a client calls a route: the parts of the path by their names, and of `Call` what the route takes. */
export type CallOf<R extends Route> = Call &
  (R extends { params: infer P extends Readonly<Record<string, z.ZodType>> }
    ? { readonly [Name in keyof P]: z.output<P[Name]> }
    : unknown) &
  (R extends { query: z.ZodObject } ? { query?: QueryOf<R> | undefined } : { query?: never }) &
  (R extends { body: z.ZodType } ? { body: BodyOf<R> } : { body?: never }) &
  (R extends { takesForm: true } ? { form: FormData } : { form?: never }) &
  (R extends { idempotent: true } ? unknown : { once?: never });

/** The address of a call: its path, whose parts are encoded as an external id may hold anything, and its query. */
export function addressOf<R extends Route>(route: R, call: CallOf<R>): string {
  const { query = {} }: Call = call;
  const parts = new Map<string, unknown>(Object.entries(call));
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(parts.get(name))));
  const search = new URLSearchParams();
  for (const [name, value] of new Map<string, unknown>(Object.entries(query)))
    if (isText(value)) search.set(name, String(value));
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

function isText(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
