import { z } from 'zod';
import { Id } from '../core/values.schema.ts';

/** The lists that can be saved as they are narrowed. */
const ViewPage = z.enum(['runs']);

/** More than these stand in no line of tabs. */
export const mostViews = 20;

/** What a person has narrowed a list to, under a name of their own: `query` is that of its address in the dashboard. */
export const SavedView = z
  .strictObject({ id: Id, page: ViewPage, name: z.string(), query: z.record(z.string(), z.string()) })
  .meta({ id: 'SavedView' });
/** What a person has narrowed a list to. */
export type SavedView = z.infer<typeof SavedView>;

/** Which list's views are meant. */
export const ViewQuery = z.strictObject({ page: ViewPage });
/** Which list's views are meant. */
export type ViewQuery = z.infer<typeof ViewQuery>;

/** All views of a list that a person has saved, in the order of their names. */
export const SavedViews = z.strictObject({ items: z.array(SavedView) });
/** All views of a list. */
export type SavedViews = z.infer<typeof SavedViews>;

/** Saves a view; one of the same name is replaced. It may not be narrowed to one person, whom it would name beyond their erasure. */
export const NewView = z
  .strictObject({
    page: ViewPage,
    name: z.string().trim().min(1).max(40),
    query: z
      .record(z.string().min(1).max(20), z.string().min(1).max(200))
      .refine((query) => Object.keys(query).length <= 12, 'at most 12 filters')
      // An erasure must find a person nowhere else.
      .refine((query) => !('contact' in query), 'a view names no person'),
  })
  .meta({ id: 'NewView' });
/** Saves a view. */
export type NewView = z.infer<typeof NewView>;
