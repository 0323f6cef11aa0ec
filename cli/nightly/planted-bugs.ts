/** A bug to plant: `find`, which `file` has once, becomes `put`; one of the `tests` must notice. */
export type PlantedBug = { name: string; file: string; find: string; put: string; tests: string[] };

const effects = 'platform/db/runs/effects.ts';
const turns = 'platform/db/runs/turns.ts';
const runEffect = ['activities/effects/run-effect.test.ts'];
const turnSafety = ['activities/engine/turn-safety.test.ts'];
const partitions = ['platform/db/runs/outbox-partitions.test.ts'];

/** Bugs that would lose, double or sell twice what must not be; each has been survived by no test since it stands here. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'the fence lets everything through',
    file: effects,
    find: "and state = 'claimed' and attempt = ${effect.attempt}\n",
    put: '\n',
    tests: runEffect,
  },
  {
    name: 'a claim ignores the lease',
    file: effects,
    find: "if (until > new Date()) return { kind: 'held', until };",
    put: '',
    tests: runEffect,
  },
  {
    name: 'any attempt may settle an effect',
    file: effects,
    find: ".where('attempt', '=', isErased ? effect.attempt + 1 : effect.attempt)",
    put: '',
    tests: runEffect,
  },
  {
    name: 'an erasure does not wait for a claim',
    file: 'platform/db/contacts/contact-erasure.ts',
    find: '.forUpdate()',
    put: '.forNoKeyUpdate()',
    tests: ['activities/effects/erasure.test.ts'],
  },
  {
    name: 'the fence is deaf to a cancel',
    file: effects,
    find: "(kind in ('exit', 'rewind') or",
    put: '(false and',
    tests: runEffect,
  },
  {
    name: 'a turn consumes rows that it has not read',
    file: turns,
    find: 'where ${own} and seq = any(${consumed})',
    put: 'where ${own} and consumed_turn is null',
    tests: turnSafety,
  },
  {
    name: 'a turn forgets that more rows wait',
    file: turns,
    find: 'returning exists (select 1 from run_inbox where ${own} and consumed_turn is null and seq <> all(${consumed})) as more',
    put: 'returning false as more',
    tests: turnSafety,
  },
  {
    name: 'an outbox row is dropped on a passing error',
    file: 'worker/background/dispatcher.ts',
    find: 'await postponeWakeUp(deps.db, wakeUp, message);',
    put: 'await finishWakeUp(deps.db, wakeUp);',
    tests: ['worker/background/dispatcher.test.ts'],
  },
  {
    name: 'a lease is taken from one who has it',
    file: 'platform/db/runs/outbox-partitions.ts',
    find: '(holder = ${holder} or until < now())',
    put: 'true',
    tests: partitions,
  },
  {
    name: 'a gate is not locked for a decision',
    file: 'platform/db/gates/gates.ts',
    find: ".where('id', '=', gateId)\n    .forNoKeyUpdate()",
    put: ".where('id', '=', gateId)",
    tests: ['api/approvals/decide-gate.test.ts'],
  },
  {
    name: 'a course run is not locked when a seat is taken',
    file: 'platform/db/courses/seats.ts',
    find: '\n    .forNoKeyUpdate()',
    put: '',
    tests: ['platform/db/courses/seats.test.ts'],
  },
  {
    name: 'from the 8th on, a connection opens no incident',
    file: 'platform/db/runs/incidents.ts',
    find: 'where(isOpen).doNothing()',
    put: "where('state', '=', 'open').doNothing()",
    tests: ['platform/db/runs/incidents.test.ts'],
  },
  {
    name: 'a run that drains starts new actions',
    file: 'workflows/actions.ts',
    find: 'if (draining) return;',
    put: '',
    tests: ['test/e2e/drain.test.ts'],
  },
];
