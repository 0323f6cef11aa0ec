import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import type { known } from './marks.ts';

/**
 * What the compiler knows of a step: its id (never for one without), the steps whose outputs it uses, the step it goes to, and
 * the traces of its branches (a union of lists).
 */
export interface Trace {
  readonly id: string;
  readonly uses: string;
  readonly goes: string;
  readonly inner: readonly Trace[];
}

/** A step of the builder: its data, and what the compiler knows of it. */
export interface Step<T extends Trace = Trace> {
  readonly node: JourneyNode;
  readonly [known]?: T;
}

/**
 * The traces of a list of steps; of a list of unknown length nothing is known. Not a mapped type: from one, the compiler would
 * infer a branch's steps backwards from what surrounds them, and lose their ids.
 */
export type TracesOf<
  S extends readonly Step[],
  Done extends readonly Trace[] = readonly [],
> = number extends S['length']
  ? readonly Trace[]
  : S extends readonly [infer First, ...infer Rest extends readonly Step[]]
    ? TracesOf<Rest, readonly [...Done, First extends Step<infer T> ? T : Trace]>
    : Done;

/** `unknown` when the steps are in order, else what is wrong with them: no list of steps has such a property. */
export type Sound<S extends readonly Step[]> = [Wrong<TracesOf<S>>] extends [never]
  ? unknown
  : { readonly 'This journey is wrong': Wrong<TracesOf<S>> };

type Wrong<T extends readonly Trace[]> = Misplaced<T, never> | Astray<Exclude<GoesOf<T>, IdsOf<T>>>;

/** Outputs used before their step and ids taken twice, in reading order. `Before` are the ids so far. */
type Misplaced<T extends readonly Trace[], Before extends string> = T extends readonly [
  infer First extends Trace,
  ...infer Rest extends readonly Trace[],
]
  ? | Early<Exclude<First['uses'], Before>>
    | Taken<First['id'], Before>
    | Misplaced<First['inner'], Before | First['id']>
    | Misplaced<Rest, Before | First['id'] | IdsOf<First['inner']>>
  : never;

type Early<Id extends string> = Id extends string ? `the output of '${Id}' is used before that step` : never;
type Astray<Id extends string> = Id extends string ? `goTo('${Id}'), but there is no such step` : never;
type Taken<Id extends string, Before extends string> = string extends Before
  ? never
  : Id extends Before
    ? `two steps have the id '${Id}'`
    : never;

type IdsOf<T extends readonly Trace[]> = T extends readonly (infer One)[]
  ? One extends Trace
    ? One['id'] | (string extends One['id'] ? never : IdsOf<One['inner']>)
    : never
  : never;

type GoesOf<T extends readonly Trace[]> = T extends readonly (infer One)[]
  ? One extends Trace
    ? string extends One['id']
      ? never
      : One['goes'] | GoesOf<One['inner']>
    : never
  : never;
