import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { EnrollmentTerms } from '../../contracts/courses/enrollment.ts';
import type { JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import { advanceEnrollment } from '../../domain/courses/machine.ts';
import type { EnrollmentState } from '../../domain/courses/state.ts';
import type { BatchPlan, BatchState } from '../../domain/documents/batch-state.ts';
import { advanceBatch } from '../../domain/documents/machine.ts';
import { advance } from '../../domain/journeys/advance.ts';
import {
  startJourney,
  storedState,
  upgradeState,
  type JourneyEntry,
  type StoredState,
} from '../../domain/journeys/state.ts';

/** A run as code of an earlier release made it: what it went by, and each turn's mailbox with the state stored after it. */
type RecordedRun = {
  rules: JsonObject;
  entry: JourneyEntry;
  contact: JsonObject;
  turns: { now: string; mailbox: MailboxItem[]; state: JsonObject }[];
};

/** How today's worker makes a turn of each kind of run, from what is stored to what it stores. */
const turnOf: Record<string, (run: RecordedRun, state: JsonObject | null, input: Input) => unknown> = {
  journey({ rules, entry, contact }, stored, input) {
    const state = stored ? upgradeState(stored as unknown as StoredState) : startJourney(entry);
    const definition = rules as unknown as JourneyDefinition;
    return storedState(advance(definition, state, { ...input, contact, workspaceZone: 'Europe/Vienna' }).state);
  },
  enrollment: ({ rules }, stored, input) =>
    advanceEnrollment(rules as unknown as EnrollmentTerms, stored as unknown as EnrollmentState | null, input).state,
  batch: ({ rules }, stored, input) =>
    advanceBatch(rules as unknown as BatchPlan, stored as unknown as BatchState | null, input).state,
};
type Input = { now: string; mailbox: MailboxItem[] };

const runsOf = (kind: string): RecordedRun[] => {
  const path = `../../test/replay/states/${kind}-2026-11.json`;
  return JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')) as RecordedRun[];
};

/** A state with the names of what a mail says instead of its words, which are those of the code that wrote it. */
const wordsAside = (state: unknown): object =>
  JSON.parse(JSON.stringify(state), (key, value: unknown) =>
    key === 'variables' ? Object.keys(value as object) : value,
  ) as object;

type SideTasks = { errands?: { step: string }[] };
/** Mails of an enrollment that are taken back when what they say is over, which code of before did not. */
const takenBack = ['queue-mail', 'offer-mail', 'payment-mail'];
const withoutTakenBack = (state: SideTasks, { errands: now = [] }: SideTasks): object => {
  const isKept = ({ step }: { step: string }): boolean =>
    !takenBack.includes(step) || now.some((task) => task.step === step);
  return state.errands ? { ...state, errands: state.errands.filter(isKept) } : state;
};

describe('states stored by code of before', () => {
  it.each(Object.entries(turnOf))(
    'are gone on with, and what is stored then has all that that code stored: %s',
    (kind, turn) => {
      for (const run of runsOf(kind)) {
        let before: JsonObject | null = null;
        for (const { now, mailbox, state } of run.turns) {
          // Code of before, which may take the run over again, keeps what it does not know.
          const made = turn(run, before, { now, mailbox }) as SideTasks;
          expect(wordsAside(made)).toMatchObject(wordsAside(withoutTakenBack(state, made)));
          before = state;
        }
      }
    },
  );

  it('become states of today: where a journey stood is its one token', () => {
    const states = runsOf('journey').flatMap(({ turns }) => turns.map(({ state }) => state));
    for (const { position, ...kept } of states) {
      const tokens = position === null ? [] : [{ fork: null, position }];
      const upgraded = upgradeState({ ...kept, position } as unknown as StoredState);
      expect(upgraded).toEqual({ ...kept, engineVersion: 2, tokens });
      expect(upgradeState(upgraded)).toBe(upgraded);
    }
    expect(states.some(({ position }) => position === null)).toBe(true);
  });
});
