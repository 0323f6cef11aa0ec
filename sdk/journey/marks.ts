import type { Condition, ValueExpression } from '../../contracts/journeys/conditions.schema.ts';

/** Where a builder's object keeps its data; a symbol, so that no property of a contact or an event can collide. */
export const expression: unique symbol = Symbol('expression');
/** Where a question keeps its condition. */
export const condition: unique symbol = Symbol('condition');
/** A property that exists for the compiler only: what a value is of, and the steps whose outputs it uses. */
export declare const known: unique symbol;

/** What every value of the builder is underneath: an expression with a type `T`, which uses the outputs of the steps `U`. */
export interface Expressed<T, U extends string> {
  readonly [expression]: ValueExpression;
  readonly [known]?: { readonly type: T; readonly uses: U };
}

/** What every question of the builder is underneath. */
export interface Asked<U extends string> {
  readonly [condition]: Condition;
  readonly [known]?: { readonly uses: U };
}

/** The steps whose outputs something uses: a value, a question, a trigger; for plain data none. */
export type UsesOf<X> = X extends { readonly [known]?: infer K }
  ? K extends { readonly uses: infer U extends string }
    ? U
    : never
  : never;

/** A value of the builder or plain data of the type. */
export type Operand<T> = T | Expressed<T, string>;
