import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Condition } from '../../../contracts/journeys/conditions.schema.ts';
import type { JsonObject, JsonValue } from '../../../contracts/core/machine.ts';
import { folded } from '../../../domain/conditions/compare.ts';
import { holds } from '../../../domain/conditions/holds.ts';
import type { Facts } from '../../../domain/conditions/values.ts';
import { checkRule } from '../../../domain/segments/check-rule.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { contactFacts, type ContactRow, lockContacts } from '../contacts/contacts.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace } from '../core/workspace.ts';
import { dueSql, ruleSql, ruleSubjects } from './rule-sql.ts';

const now = Date.parse('2026-03-29T01:30:00.500Z');
/** The seed is fixed, so that no run finds what another does not; a longer run takes more. */
const seeded = { seed: 16, numRuns: Number(process.env['TL_TEST_RULES'] ?? 45) };

const texts = [
  '',
  ' ',
  'pro',
  'Pro',
  'PRO',
  'straße',
  'STRASSE',
  'İstanbul',
  'istanbul',
  'ΟΔΟΣ',
  'οδος',
  'ﬀ',
  '😀',
  '\uffee',
  'é',
  'e\u0301',
  'vip',
  '5',
  '5.0',
  ' 5 ',
  '\u00a05\ufeff',
  '007',
  '-0',
  '9007199254740993',
  '1e3',
  '٥',
  'NaN',
  'Infinity',
  '9'.repeat(299),
  '9'.repeat(301),
  `0.${'0'.repeat(290)}1`,
  'true',
  'null',
  '{}',
  '[]',
  'a%b_c\\d\'"',
  '2026-03-29',
  '2026-02-29',
  '2024-02-29',
  '0000-01-01',
  '2023-13-01',
  '2026-03-29T01:30:00.500Z',
  '2026-03-29T03:30:00.5+02:00',
  '2026-03-29T01:30:00.500999Z',
  '2026-03-29T01:30Z',
  '2026-03-29T24:00:00Z',
  '2026-03-29T01:30:60Z',
  '2026-02-30T00:00:00Z',
  '2026-03-29T02:30:00',
  '2026-03-29t01:30:00z',
  '2026-03-29T01:30:00+24:00',
  '9999-12-31T23:59:59.999-23:59',
  '0001-01-01T00:00:00+23:59',
  '2026-03-15T01:30:00.500Z',
  '2026-04-12T01:30:00.500Z',
  '2026-03-29T01:30:00.500Z\n',
];
const numbers = [0, -0, 1, 5, 5.5, -3, 0.1, 1e21, 1e-7, 1e300, 1.7976931348623157e308, 5e-324, 9007199254740992];
const scalar = fc.oneof(
  fc.constantFrom<JsonValue>(...texts),
  fc.constantFrom<JsonValue>(...numbers, true, false, null),
  fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => text.replaceAll('\0', '')),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const value: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', '0', 'b'), scalar, { maxKeys: 2, noNullPrototype: true }),
  fc.array(fc.dictionary(fc.constantFrom('a', '0'), scalar, { maxKeys: 2, noNullPrototype: true }), { maxLength: 2 }),
);
const names = ['plan', 'seats', 'since', 'tags', '0', 'constructor', 'email', 'timeZone', 'externalId'];
const path = fc.oneof(
  fc.constantFrom(...names).map((name) => [name]),
  fc.tuple(fc.constantFrom(...names), fc.constantFrom('a', '0', 'b')),
);
const shift = fc.constantFrom('P14D', '-P14D', 'PT0S', '-PT2H30M', 'P2W', '-P1DT1S');
const literal = value.map((it) => ({ kind: 'literal' as const, value: it }));
const read = (from: 'contact' | 'event'): fc.Arbitrary<object> => path.map((names) => ({ kind: from, path: names }));
const operand = (isEvent: boolean): fc.Arbitrary<object> =>
  fc.oneof(
    { weight: 4, arbitrary: read('contact') },
    literal,
    ...(isEvent ? [read('event')] : []),
    fc
      .array(fc.oneof(read('contact'), literal), { minLength: 1, maxLength: 3 })
      .map((values) => ({ kind: 'firstOf', values })),
  );
const ignoring = fc.constantFrom({}, {}, { ignoreCase: true });
const leaf = (isEvent: boolean): fc.Arbitrary<object> =>
  fc
    .oneof(
      fc.record({
        op: fc.constantFrom('equals', 'notEquals', 'lessThan', 'atMost', 'greaterThan', 'atLeast', 'before', 'after'),
        left: operand(isEvent),
        right: fc.oneof(operand(isEvent), literal),
        more: ignoring,
      }),
      fc.record({
        op: fc.constantFrom('contains', 'startsWith'),
        left: operand(isEvent),
        right: literal,
        more: ignoring,
      }),
      fc.record({
        op: fc.constant('oneOf'),
        left: operand(isEvent),
        right: fc.array(value, { maxLength: 4 }).map((list) => ({ kind: 'literal', value: list })),
        more: ignoring,
      }),
      fc
        .record({ op: fc.constantFrom('before', 'after'), left: operand(false), plus: shift, swaps: fc.boolean() })
        .map(({ op, left, plus, swaps }) =>
          swaps ? { op, left: { kind: 'now', plus }, right: left } : { op, left, right: { kind: 'now', plus } },
        ),
    )
    .map((made) => {
      const { more = {}, ...rest } = made as { more?: object };
      return { kind: 'compare', ...rest, ...more };
    })
    .filter((made) => !isEvent || !JSON.stringify(made).includes('"now"'));
const asks = (isEvent: boolean): fc.Arbitrary<object> =>
  fc.oneof(
    { weight: 4, arbitrary: leaf(isEvent) },
    operand(isEvent).map((it) => ({ kind: 'exists', value: it })),
  );
const performed = fc
  .record(
    {
      event: fc.constantFrom('Ordered', 'Opened', 'Never'),
      where: fc.array(asks(true), { maxLength: 2 }),
      within: fc.constantFrom('P14D', 'PT1H', 'P1D'),
      counts: fc.oneof(
        fc.record({
          count: fc.record({
            op: fc.constantFrom('atLeast', 'atMost', 'exactly'),
            times: fc.integer({ min: 0, max: 3 }),
          }),
        }),
        fc.record({ which: fc.constantFrom('first', 'last') }),
      ),
    },
    { requiredKeys: ['event'] },
  )
  .map(({ counts = {}, ...rest }) => ({ kind: 'performed', ...rest, ...counts }));
const { rule } = fc.letrec<{ rule: object }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof({ weight: 3, arbitrary: asks(false) }, performed),
    fc.record({ kind: fc.constantFrom('all', 'any'), of: fc.array(tie('rule'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not'), condition: tie('rule') }),
  ),
}));

/** Through the schema of the contracts and the checks, as a rule that is sent comes. */
function ruleOf(made: object): Condition {
  const parsed = Condition.parse(JSON.parse(JSON.stringify(made)));
  expect(checkRule(parsed)).toEqual([]);
  return parsed;
}

describe('rules in Postgres and in the process', () => {
  let database: TestDatabase;
  let people: { row: ContactRow; facts: Facts }[];
  beforeAll(async () => {
    database = await createTestDatabase();
    people = await store();
  });
  afterAll(() => database?.stop());

  const person = fc.record({
    attributes: fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8, noNullPrototype: true }),
    email: fc.option(fc.constantFrom('ana@example.com', '')),
    zone: fc.option(fc.constantFrom('Europe/Berlin', 'Mars/Olympus')),
    events: fc.array(
      fc.record({
        name: fc.constantFrom('Ordered', 'Opened'),
        ago: fc.oneof(
          fc.constantFrom(0, 3_600_000, 86_400_000, 14 * 86_400_000, 14 * 86_400_000 + 1),
          fc.integer({ min: -300_000, max: 20 * 86_400_000 }),
        ),
        properties: fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 4, noNullPrototype: true }),
      }),
      { maxLength: 5 },
    ),
  });

  /** What is stored is read back, so that both know the same of each. */
  const store = (): Promise<{ row: ContactRow; facts: Facts }[]> =>
    inWorkspace(database.app, database.workspaceId, async (tx) => {
      const made = fc.sample(person, { seed: 16, numRuns: 80 });
      const rows = [
        ...(
          await lockContacts(
            tx,
            database.workspaceId,
            made.map((_, index) => `person-${index}`),
          )
        ).values(),
      ];
      for (const [index, { id }] of rows.entries()) {
        const { attributes, email, zone, events } = made[index] ?? {
          attributes: {},
          email: null,
          zone: null,
          events: [],
        };
        await sql`update contact set attributes = ${JSON.stringify(attributes)}::jsonb, email = ${email}, zone = ${zone} where id = ${id}`.execute(
          kysely(tx),
        );
        for (const [n, event] of events.entries())
          await sql`insert into event (workspace_id, id, name, contact_id, occurred_at, properties) values (${database.workspaceId}, ${`${id}-${n}`}, ${event.name}, ${id},
            to_timestamp(${(now - event.ago) / 1_000}::float8) + ${n} * interval '1 microsecond', ${JSON.stringify(event.properties)}::jsonb)`.execute(
            kysely(tx),
          );
      }
      const all = await kysely(tx).selectFrom('contact').selectAll().execute();
      const { rows: done } = await sql<{ contact_id: string; name: string; at: number; properties: JsonObject }>`
        select contact_id, name, floor(extract(epoch from occurred_at) * 1000)::float8 as at, properties from event
        order by occurred_at, received_at, id collate "C"`.execute(kysely(tx));
      return all.map((row) => ({
        row,
        facts: {
          contact: contactFacts(row),
          entry: { key: null, properties: {} },
          outputs: {},
          events: done.filter((event) => event.contact_id === row.id),
        },
      }));
    });

  /** Who meets each rule, and until when each stays so. */
  const ask = (
    rules: readonly Condition[],
    workspaceId = database.workspaceId,
  ): Promise<Map<string, { holds: boolean[]; dues: (number | null)[] }>> =>
    inWorkspace(database.app, workspaceId, async (tx) => {
      const held = rules.map((one) => ruleSql(one, { now }));
      const dues = rules.map((one) => dueSql(one, { now }) ?? sql<null>`null::float8`);
      const { rows } = await sql<{ id: string; holds: boolean[]; dues: (number | null)[] }>`
        select c.id, array[${sql.join(held)}] as holds, array[${sql.join(dues)}]::float8[] as dues from ${ruleSubjects}
        where c.workspace_id = ${workspaceId}`.execute(kysely(tx));
      return new Map(rows.map(({ id, ...rest }) => [id, rest]));
    });

  it('agree about every person (drawings: sql(c) and the evaluator)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rule, { minLength: 40, maxLength: 50 }), async (made) => {
        const rules = made.map(ruleOf);
        const answers = await ask(rules);
        const at = new Date(now).toISOString();
        for (const { row, facts } of people) {
          const own = rules.map((one) => holds(one, { ...facts, now: at }));
          expect([row.attributes, answers.get(row.id)?.holds]).toEqual([row.attributes, own]);
        }
      }),
      seeded,
    );
  });

  it('agree about every two values, by every comparison', async () => {
    const values: JsonValue[] = [
      ...texts,
      ...numbers,
      true,
      false,
      null,
      [],
      ['pro', 5, null],
      {},
      { a: null },
      { a: 1 },
    ];
    const workspaceId = await database.addWorkspace();
    await sql`insert into contact (workspace_id, external_id, attributes)
      select ${workspaceId}, n::text, jsonb_build_object('plan', v) from jsonb_array_elements(${JSON.stringify(values)}::jsonb) with ordinality t(v, n)`.execute(
      kysely(database.system),
    );
    const all = await inWorkspace(database.app, workspaceId, (tx) =>
      kysely(tx).selectFrom('contact').selectAll().execute(),
    );
    expect(all).toHaveLength(values.length);
    const plan = { kind: 'contact', path: ['plan'] };
    const ops = [
      'equals',
      'notEquals',
      'lessThan',
      'atMost',
      'greaterThan',
      'atLeast',
      'before',
      'after',
      'contains',
      'startsWith',
    ];
    const at = new Date(now).toISOString();
    const differing: object[] = [];
    for (const value of values) {
      const literal = { kind: 'literal', value };
      const rules = ops
        .flatMap((op) => [
          { kind: 'compare', op, left: plan, right: literal },
          { kind: 'compare', op, left: plan, right: literal, ignoreCase: true },
          { kind: 'compare', op, left: { kind: 'firstOf', values: [plan, literal] }, right: literal },
        ])
        .concat([{ kind: 'compare', op: 'oneOf', left: plan, right: { kind: 'literal', value: [value, 'vip'] } }])
        .map(ruleOf);
      const answers = await ask(rules, workspaceId);
      for (const row of all) {
        const facts = {
          contact: contactFacts(row),
          entry: { key: null, properties: {} },
          outputs: {},
          events: [],
          now: at,
        };
        const held = answers.get(row.id)?.holds ?? [];
        for (const [index, one] of rules.entries())
          if (held[index] !== holds(one, facts)) differing.push({ of: row.attributes, rule: one });
      }
    }
    expect(differing).toEqual([]);
  });

  it('stay as they are until the clock may change them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rule, { minLength: 20, maxLength: 20 }), async (made) => {
        const rules = made.map(ruleOf);
        const answers = await ask(rules);
        for (const { row, facts } of people)
          for (const [index, one] of rules.entries()) {
            const due = answers.get(row.id)?.dues[index] ?? now + 40 * 86_400_000;
            expect(due).toBeGreaterThan(now);
            const moments = [now, now + (due - now) / 2, due - 1].map((at) =>
              holds(one, { ...facts, now: new Date(Math.floor(at)).toISOString() }),
            );
            expect(new Set(moments).size).toBe(1);
          }
      }),
      { ...seeded, numRuns: Math.ceil(seeded.numRuns / 4) },
    );
  });

  it('write every letter in the same lower case', async () => {
    const letters = Array.from({ length: 0x10_ff_ff }, (_, index) => index + 1)
      .filter((code) => code < 0xd8_00 || code > 0xdf_ff)
      .map((code) => String.fromCodePoint(code))
      .join('');
    const { rows } = await sql<{ lower: string }>`select lower(${letters}::text collate "pg_c_utf8") as lower`.execute(
      kysely(database.system),
    );
    const lower = folded(letters);
    const [theirs, ours] = [Array.from(rows[0]?.lower ?? ''), Array.from(typeof lower === 'string' ? lower : '')];
    expect(theirs.flatMap((letter, index) => (letter === ours[index] ? [] : [[letter, ours[index]]]))).toEqual([]);
  });
});
