import { accessTables, type AccessTables } from './access.ts';
import { bulkTables, type BulkTables } from './bulk.ts';
import { contactTables, type ContactTables } from './contacts.ts';
import { courseTables, type CourseTables } from './courses.ts';
import { batchTables, type BatchTables } from './documents.ts';
import { effectTables, type EffectTables } from './effects.ts';
import { journeyTables, type JourneyTables } from './journeys.ts';
import { modelTables, type ModelTables } from './models.ts';
import { runTables, type RunTables } from './runs.ts';
import { segmentTables, type SegmentTables } from './segments.ts';
import { tallyTables, type TallyTables } from './tallies.ts';
import type { TableRecord, TableRecords } from './table-record.ts';

/** Every table, for Kysely. */
export type Database = AccessTables &
  ContactTables &
  RunTables &
  EffectTables &
  BulkTables &
  JourneyTables &
  CourseTables &
  BatchTables &
  ModelTables &
  SegmentTables &
  TallyTables;

const records: TableRecords<Database> = {
  ...accessTables,
  ...contactTables,
  ...runTables,
  ...effectTables,
  ...bulkTables,
  ...journeyTables,
  ...courseTables,
  ...batchTables,
  ...modelTables,
  ...segmentTables,
  ...tallyTables,
};

/** What every table says of its rows, by its name. */
export const tableRecords = Object.entries<TableRecord<Record<string, unknown>>>(records);
