/** The tables of courses, seats and money. */
export type CourseTables = Record<never, never>;
