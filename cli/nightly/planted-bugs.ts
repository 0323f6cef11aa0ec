import type { PlantedBug } from './planted-bug.ts';
import { plantedGatheringBugs } from './planted-gathering-bugs.ts';
import { plantedPoolBugs } from './planted-pool-bugs.ts';

const effects = 'platform/db/runs/effects.ts';
const claims = 'platform/db/ledger/claim-effects.ts';
const turns = 'platform/db/runs/turns.ts';
const writeTurns = 'platform/db/runs/write-turns.ts';
const runEffect = ['activities/effects/run-effect.test.ts'];
const turnSafety = ['activities/engine/turn-safety.test.ts'];
const dispatcher = 'worker/background/dispatcher.ts';
const dispatching = ['worker/background/dispatcher.test.ts'];
const partitions = ['platform/db/runs/outbox-partitions.test.ts'];
const deciding = ['domain/approvals/validate-decision.test.ts'];
const seating = ['domain/courses/seats.test.ts'];
const batching = ['domain/documents/machine.test.ts'];

/** Bugs that would lose, double or sell twice what must not be; each has been survived by no test since it stands here. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'a rewind sends again what was sent before it',
    file: claims,
    find: 'return wasNotDone && !isDoneLater ?',
    put: 'return last.generation < plan.generation ?',
    tests: runEffect,
  },
  {
    name: 'the fence lets everything through',
    file: 'platform/db/ledger/hand-off-effects.ts',
    find: "and effect.state = 'claimed' and effect.attempt = mine.attempt\n",
    put: '\n',
    tests: runEffect,
  },
  {
    name: 'a claim ignores the lease',
    file: claims,
    find: "if (waitMs > 0) return { kind: 'held', waitMs };",
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
    name: 'any attempt may answer for an effect',
    file: 'platform/db/ledger/answer-effects.ts',
    find: ' and effect.attempt = mine.attempt\n',
    put: '\n',
    tests: runEffect,
  },
  {
    name: 'a turn does not wait for who holds its contact',
    file: turns,
    find: 'and id = ${runId})\n      for no key update',
    put: 'and id = ${runId})',
    tests: turnSafety,
  },
  {
    name: 'a wait that goes is in the way of one that comes',
    file: 'platform/db/runs/waits.ts',
    find: 'from (select count(*) from gone) before cross join wanted w',
    put: 'from wanted w',
    tests: ['platform/db/runs/waits.test.ts'],
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
    file: turns,
    find: "(kind in ('exit', 'rewind') or",
    put: '(false and',
    tests: runEffect,
  },
  {
    name: 'a turn consumes rows that it has not read',
    file: writeTurns,
    find: 'and run_inbox.run_id = read.run_id and run_inbox.seq = read.seq',
    put: 'and run_inbox.run_id = read.run_id and run_inbox.consumed_turn is null',
    tests: turnSafety,
  },
  {
    name: 'a turn forgets that more rows wait',
    file: writeTurns,
    find: 'returning run.id, exists (select 1',
    put: 'returning run.id, false and exists (select 1',
    tests: turnSafety,
  },
  {
    name: 'an outbox row is dropped on a passing error',
    file: dispatcher,
    find: 'await postponeWakeUp(deps.db, wakeUp, message);',
    put: 'await finishWakeUp(deps.db, wakeUp);',
    tests: dispatching,
  },
  {
    name: 'a lease is taken from one who has it',
    file: 'platform/db/runs/outbox-partitions.ts',
    find: '(holder = ${holder} or ${isOver})',
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
    find: "where state = 'open' do nothing`",
    put: "where state = ${'open'} do nothing`",
    tests: ['platform/db/runs/incidents.test.ts'],
  },
  {
    name: 'a run that drains starts new actions',
    file: 'workflows/actions.ts',
    find: 'if (draining) return;',
    put: '',
    tests: ['test/e2e/drain.test.ts'],
  },
  {
    name: 'what was done is done again',
    file: claims,
    find: "    default:\n      return { kind: 'settled', effect };",
    put: "    default:\n      return { kind: 'claimed', effect: await takeClaim(tx, effect, plan, deaths) };",
    tests: runEffect,
  },
  {
    name: 'a mail without a reply is sent again',
    file: claims,
    find: "if (effect.mode !== 'atMostOnce') return",
    put: 'return',
    tests: runEffect,
  },
  {
    name: 'a late reply is kept from the run',
    file: 'activities/effects/run-effect.ts',
    find: 'if (!own.isFirst) await',
    put: 'if (false) await',
    tests: runEffect,
  },
  {
    name: 'bytes leave whatever the fence says',
    file: 'activities/providers/email/smtp/fenced-body.ts',
    find: "(await fence()) ? 'allowed' : 'refused'",
    put: "(await fence()) ? 'allowed' : 'allowed'",
    tests: ['activities/providers/email/smtp/smtp-pool.test.ts'],
  },
  {
    name: 'a commit that may have been made is said to be none',
    file: 'platform/db/core/lazy-transactions.ts',
    find: "{ isCommit: text === 'commit' }",
    put: '{ isCommit: false }',
    tests: ['platform/db/core/lost-connection.test.ts'],
  },
  {
    name: 'any turn is the next',
    file: 'activities/engine/advance-run.ts',
    find: 'input.turn === run.turn + 1 && run.ended_at === null',
    put: 'run.ended_at === null',
    tests: turnSafety,
  },
  {
    name: 'an exit waits behind all other messages',
    file: turns,
    find: "kind in ('exit', 'rewind') desc, ",
    put: '',
    tests: turnSafety,
  },
  {
    name: 'a state of any size is stored',
    file: 'activities/engine/make-turns.ts',
    find: 'if (bytes <= limits.stateBytes || ended) return text;',
    put: 'return text;',
    tests: turnSafety,
  },
  {
    name: 'a wake-up is called that another is calling',
    file: 'platform/db/runs/outbox.ts',
    find: ' and parked_at is null and ${isDue} returning',
    put: ' returning',
    tests: dispatching,
  },
  {
    name: 'a suspect is called beside others',
    file: dispatcher,
    find: "groups.get('suspect') ?? [], 1, mayCall",
    put: "groups.get('suspect') ?? [], maxInFlight, mayCall",
    tests: dispatching,
  },
  {
    name: 'a stop ends no pass',
    file: dispatcher,
    find: 'signal?.aborted !== true && ',
    put: '',
    tests: dispatching,
  },
  {
    name: 'a lease is taken beside the lock of a worker of before',
    file: 'platform/db/runs/outbox-partitions.ts',
    find: ' and pg_try_advisory_xact_lock_shared(${LOCK_CLASS}, partition)',
    put: '',
    tests: partitions,
  },
  {
    name: 'one worker keeps all partitions',
    file: 'platform/db/runs/outbox-partitions.ts',
    find: 'limit (select size from share)',
    put: 'limit 16',
    tests: partitions,
  },
  {
    name: 'an old decision passes new content',
    file: 'domain/approvals/validate-decision.ts',
    find: ' || gate.contentHash !== decision.expectedHash',
    put: '',
    tests: deciding,
  },
  {
    name: 'people approve what they asked for themselves',
    file: 'domain/approvals/validate-decision.ts',
    find: "if (isRequester(gate.requestedBy, decider)) return refused('gate.separationOfDuties');",
    put: '',
    tests: deciding,
  },
  {
    name: 'a newcomer goes before the queue',
    file: 'domain/courses/seats.ts',
    find: ' && facts.queue.length === 0) return',
    put: ') return',
    tests: seating,
  },
  {
    name: 'an offer is taken up after its end',
    file: 'domain/courses/seats.ts',
    find: "return isOver(own, request.now) ? 'lost' : 'hold';",
    put: "return 'hold';",
    tests: seating,
  },
  {
    name: 'a stop for the budget of before pauses a batch that was resumed',
    file: 'domain/documents/stages/work-stage.ts',
    find: "stopped === 'budget' && epoch === state.epoch;",
    put: "stopped === 'budget';",
    tests: batching,
  },
  {
    name: 'a chunk that is given up ends the batch',
    file: 'domain/documents/stages/work-stage.ts',
    find: "if (work.units === 'one') {",
    put: 'if (work.units !== null) {',
    tests: batching,
  },
  {
    name: 'people who have unsubscribed are mailed',
    file: 'activities/messaging/prepare-mails.ts',
    find: 'if (!closure) return null;',
    put: 'if (closed.length >= 0) return null;',
    tests: ['activities/messaging/messaging.test.ts'],
  },
  {
    name: 'an address in other letters is another',
    file: 'platform/keys/address-hash.ts',
    find: '.trim().toLowerCase()',
    put: '.trim()',
    tests: ['activities/messaging/messaging.test.ts'],
  },
  ...plantedGatheringBugs,
  ...plantedPoolBugs,
];
