import { type RawBuilder, sql } from 'kysely';

/** What people call the contact: its attribute `name`, else `firstName` and `lastName`; null where it has none of them. */
export const calledName = (attributes: RawBuilder<unknown>) =>
  sql<
    string | null
  >`coalesce(${attributes} ->> 'name', nullif(concat_ws(' ', ${attributes} ->> 'firstName', ${attributes} ->> 'lastName'), ''))`;

/** The same of attributes that were read already. */
export function nameOf({ name, firstName, lastName }: Readonly<Record<string, unknown>>): string | null {
  if (typeof name === 'string') return name;
  return [firstName, lastName].filter((part) => typeof part === 'string').join(' ') || null;
}
