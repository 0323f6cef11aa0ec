/** The tables of document batches. */
export type BatchTables = Record<never, never>;
