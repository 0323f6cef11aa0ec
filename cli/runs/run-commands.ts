import type { RunDetail, RunOperation, Step } from '../../contracts/runs/runs-api.schema.ts';
import type { Client } from '../../sdk/client/client.ts';
import { apiClient, explained } from '../support/api.ts';
import { CliError, say } from '../support/output.ts';
import { table } from '../support/table.ts';

/** What `throughline runs list` filters by. */
export type RunListOptions = {
  kind?: string;
  status?: string;
  waitingFor?: string;
  contact?: string;
  journey?: string;
  limit: number;
  json?: true;
};

/** Prints a page of runs. @throws CliError for a refusal */
export async function listRuns({ json, ...query }: RunListOptions): Promise<void> {
  const page = await explained(() => apiClient().runs.list(query));
  if (json) return say(JSON.stringify(page));
  const rows = page.items.map((run) => [
    run.id,
    run.kind,
    run.status,
    run.currentStep ?? '-',
    run.contact?.externalId ?? '-',
    run.title,
  ]);
  table([['id', 'kind', 'status', 'step', 'contact', 'title'], ...rows]).forEach(say);
  say(`${page.items.length} run(s)${page.nextCursor === null ? '' : ', and more'}`);
}

/** Prints a run and its whole timeline. @throws CliError for a refusal */
export async function showRun(id: string, isJson: boolean): Promise<void> {
  const client = apiClient();
  const run = await explained(() => client.runs.show(id));
  const steps = await explained(() => timelineOf(client, id));
  if (isJson) return say(JSON.stringify({ ...run, steps }));
  headOf(run).forEach(say);
  table(steps.map((step) => [step.startedAt, step.step, step.kind, step.status, effectsOf(step)])).forEach(say);
}

/** What every operation on a run takes. */
export type OperateOptions = { reason: string; json?: true };

/** Asks an operation of a run, and says which run it reaches. @throws CliError for a refusal */
export async function operateRun(id: string, operation: Operation, { reason, json }: OperateOptions): Promise<void> {
  const accepted = await explained(() => apiClient().runs.operate(id, { ...operation, reason }));
  say(json ? JSON.stringify(accepted) : `${accepted.kind} is under way in run ${accepted.runId}`);
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An operation without its reason. */
type Operation = Without<RunOperation, 'reason'>;

/** A JSON object given on the command line. @throws CliError where it is none */
export function jsonOption(name: string, text: string): Record<string, unknown> {
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new CliError(`${name} must be a JSON object`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Timelines are read page by page; 200 is the API's largest. */
async function timelineOf(client: Client, id: string): Promise<Step[]> {
  const steps: Step[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await client.runs.steps(id, { limit: 200, cursor });
    steps.push(...page.items);
    if (page.nextCursor === null) return steps;
    cursor = page.nextCursor;
  }
}

function headOf(run: RunDetail): string[] {
  const where = run.currentStep === null ? '' : ` at ${run.currentStep}`;
  const until = run.nextDueAt === null ? '' : `, due ${run.nextDueAt}`;
  return [
    `${run.title}: ${run.status}${where}${run.waitingFor === null ? '' : `, waits for ${run.waitingFor}`}${until}`,
    ...(run.contact ? [`contact   ${run.contact.externalId}`] : []),
    ...(run.outcome === null ? [] : [`outcome   ${run.outcome}: ${run.reason ?? ''}`]),
    `workflow  ${run.workflowId}`,
    ...run.gateIds.map((gate) => `gate      ${gate}`),
  ];
}

function effectsOf(step: Step): string {
  return step.effects.map((effect) => `${effect.kind} ${effect.state}`).join(', ');
}
