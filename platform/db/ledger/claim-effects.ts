import { sql } from 'kysely';
import { hasCome } from '../core/instants.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { type EffectPlan, type EffectRow, leaseEnd, leaseSeconds, mayHaveHappened } from '../runs/effects.ts';
import { openIncident } from '../runs/incidents.ts';

/** What a claim gives: the right to act as `attempt`, an effect that is over, or for how long a holder may still be at it. */
export type Claim =
  { kind: 'claimed'; effect: EffectRow } | { kind: 'settled'; effect: EffectRow } | { kind: 'held'; waitMs: number };

/** What is left of a lease in milliseconds, by the clock that it was given by: those of workers differ. Null: it is over. */
const leaseLeft = sql<number | null>`case when not ${hasCome('lease_until', leaseSeconds)}
  then extract(epoch from lease_until - now())::float8 * 1000 end`;

/** An effect that so many workers died with is given up: something about it kills them. The outbox and the documents of a batch have the same. */
const maxDeaths = 3;
/** How long a suspect waits while another one is tried. */
const suspectPauseMs = 2_000;

/** One who wants an effect. `mayTry`: see `claimEffects`. */
export type Wanted = { plan: EffectPlan; mayTry(): boolean };

/**
 * Claims effects of one workspace, which are planned and claimed at once at first. A claim that has not been handed off is taken over at once: the fence refuses its
 * old holder. One that was handed off is left to its holder until the lease ends; then a keyed effect is claimed again and an
 * at-most-once effect becomes `unknown`.
 *
 * A claim that its holder neither settled nor gave back is that of a worker that died or stands still. Of what it had in hand all are
 * suspects, and `mayTry` says whether one may be tried now, alone in its process, so that the one that kills is alone when it kills again.
 * @returns what each claim gives, in the order of `wanted`
 */
export async function claimEffects(tx: Tx, wanted: readonly Wanted[]): Promise<Claim[]> {
  const keyed: (Wanted & { key: string })[] = [];
  for (const each of wanted) keyed.push({ ...each, key: await keyToClaim(tx, each.plan) });
  const fresh = await planClaimed(tx, keyed);
  const known = await lockKnown(
    tx,
    keyed.filter(({ key }) => !fresh.has(key)),
  );
  const claims: Claim[] = [];
  const given = new Set<string>();
  for (const { key, ...each } of keyed) {
    claims.push(given.has(key) ? besideAnother : await claimOne(tx, { ...each, key, fresh, known }));
    given.add(key);
  }
  return claims;
}

/** Of two that want the same at once, the first one has it. */
const besideAnother: Claim = { kind: 'held', waitMs: suspectPauseMs };

/** As `claimEffects`, for one. */
export async function claimEffect(tx: Tx, plan: EffectPlan, mayTry: () => boolean): Promise<Claim> {
  const [claim] = await claimEffects(tx, [{ plan, mayTry }]);
  if (!claim) throw new Error(`Nothing came of the claim of ${plan.key}`);
  return claim;
}

type Keyed = { plan: EffectPlan; key: string };
/** An effect that was there before, and what is left of its lease. */
type Known = EffectRow & { leaseMs: number | null };

/** Plans and claims at once those that are not there yet. @returns these, by their keys */
async function planClaimed(tx: Tx, all: readonly Keyed[]): Promise<Map<string, EffectRow>> {
  const [first] = all;
  if (!first) return new Map();
  const of = <T>(value: (plan: EffectPlan) => T): T[] => all.map(({ plan }) => value(plan));
  const { rows } = await sql<EffectRow>`
    insert into effect (workspace_id, key, run_id, step, visit, generation, kind, mode, request, state, attempt, lease_until)
    select ${first.plan.workspaceId}::uuid, key, run_id, step, visit, generation, kind, mode, request::jsonb, 'claimed', 1, ${leaseEnd}
    from unnest(${all.map(({ key }) => key)}::text[], ${of((plan) => plan.runId)}::uuid[], ${of((plan) => plan.step)}::text[],
      ${of((plan) => plan.visit)}::int[], ${of((plan) => plan.generation)}::int[], ${of((plan) => plan.kind)}::text[],
      ${of((plan) => plan.mode)}::text[], ${of((plan) => JSON.stringify(plan.request))}::text[])
      as wanted (key, run_id, step, visit, generation, kind, mode, request)
    order by key on conflict (workspace_id, key) do nothing returning *`.execute(kysely(tx));
  return new Map(rows.map((row) => [row.key, row]));
}

/** Locks those that were there before, in the order of their ids. @returns them by their keys */
async function lockKnown(tx: Tx, all: readonly Keyed[]): Promise<Map<string, Known>> {
  const [first] = all;
  if (!first) return new Map();
  const rows = await kysely(tx)
    .selectFrom('effect')
    .selectAll()
    .select(leaseLeft.as('leaseMs'))
    .where('workspace_id', '=', first.plan.workspaceId)
    .where('key', '=', sql<string>`any(${all.map(({ key }) => key)}::text[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return new Map(rows.map((row) => [row.key, row]));
}

async function claimOne(
  tx: Tx,
  { plan, key, mayTry, fresh, known }: Wanted & Keyed & { fresh: Map<string, EffectRow>; known: Map<string, Known> },
): Promise<Claim> {
  const planned = fresh.get(key);
  if (planned) return { kind: 'claimed', effect: planned };
  const effect = known.get(key);
  if (!effect) throw new Error(`The effect ${key} is neither new nor there`);
  const deaths = effect.deaths + (effect.state === 'claimed' ? 1 : 0);
  switch (effect.state) {
    case 'planned':
    case 'deferred':
    case 'claimed':
      if (deaths >= maxDeaths) return { kind: 'settled', effect: await giveUp(tx, effect, deaths) };
      if (deaths > 0 && !mayTry()) return { kind: 'held', waitMs: suspectPauseMs };
      return { kind: 'claimed', effect: await takeClaim(tx, effect, plan, deaths) };
    case 'handedOff': {
      const waitMs = effect.leaseMs ?? 0;
      if (waitMs > 0) return { kind: 'held', waitMs };
      if (effect.mode !== 'atMostOnce') return { kind: 'claimed', effect: await takeClaim(tx, effect, plan, deaths) };
      return { kind: 'settled', effect: await becomeUnknown(tx, effect) };
    }
    default:
      return { kind: 'settled', effect };
  }
}

/**
 * The key of an effect: that of its plan, unless a rewind has led the run to it again. What was done then, or may have been, is not done again;
 * what was refused or left out is asked for once more under a key of its own, unless a later visit of its step has done it: nobody gets
 * anything twice because a run went back. A mail about a gate is another one in each round, and a rewind begins a round.
 */
async function keyToClaim(tx: Tx, plan: EffectPlan): Promise<string> {
  if (plan.generation === 0 || plan.mode === 'repeatable' || 'gate' in plan.request) return plan.key;
  const visits = await kysely(tx)
    .selectFrom('effect')
    .select(['key', 'visit', 'generation', 'state'])
    .where('workspace_id', '=', plan.workspaceId)
    .where('run_id', '=', plan.runId)
    .where('step', '=', plan.step)
    .where('kind', '=', plan.kind)
    .where('visit', '>=', plan.visit)
    .where(sql<boolean>`not request ? 'gate'`)
    .orderBy('id')
    .execute();
  const last = visits.findLast(({ key }) => key === plan.key || key.startsWith(`${plan.key}/g`));
  if (!last) return plan.key;
  const wasNotDone = last.generation < plan.generation && ['rejected', 'suppressed'].includes(last.state);
  const isDoneLater = visits.some(({ visit, state }) => visit > plan.visit && mayHaveHappened.includes(state));
  return wasNotDone && !isDoneLater ? `${plan.key}/g${plan.generation}` : last.key;
}

/** Gives an effect up that kills its workers, and says so to a person. */
async function giveUp(tx: Tx, effect: EffectRow, deaths: number): Promise<EffectRow> {
  const { workspace_id: workspaceId, run_id: runId, id, step } = effect;
  const message = `${deaths} workers died, or stood still, while they worked on the step ${step}`;
  await openIncident(tx, { workspaceId, runId, kind: 'effect.killer', message, detail: { effectId: id, step } });
  return kysely(tx)
    .updateTable('effect')
    .set({
      state: 'rejected',
      deaths,
      settled_at: sql`now()`,
      error: JSON.stringify({ code: 'effect.killer', message }),
      rev: sql`rev + 1`,
    })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** After a rewind the effect is of the run as it is now, and where nothing has left, what is sent is, too. */
function takeClaim(tx: Tx, effect: EffectRow, plan: EffectPlan, deaths: number): Promise<EffectRow> {
  const { generation } = plan;
  const isAnew = generation !== effect.generation && effect.state !== 'handedOff';
  return kysely(tx)
    .updateTable('effect')
    .set({
      state: 'claimed',
      generation,
      ...(isAnew ? { request: JSON.stringify(plan.request), frozen: null } : {}),
      deaths,
      attempt: sql`attempt + 1`,
      lease_until: leaseEnd,
      rev: sql`rev + 1`,
    })
    .where('workspace_id', '=', effect.workspace_id)
    .where('id', '=', effect.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function becomeUnknown(tx: Tx, effect: EffectRow): Promise<EffectRow> {
  return kysely(tx)
    .updateTable('effect')
    .set({
      state: 'unknown',
      settled_at: sql`now()`,
      error: JSON.stringify({ code: 'effect.noReply', message: 'Handed over, and no reply was recorded' }),
      rev: sql`rev + 1`,
    })
    .where('workspace_id', '=', effect.workspace_id)
    .where('id', '=', effect.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
