import { existsSync } from 'node:fs';
import { z } from 'zod';
import { SimulationScript } from '../../contracts/journeys/simulation.schema.ts';
import type { SimulatedStep, SimulationAnswer } from '../../contracts/journeys/journeys-api.schema.ts';
import { readJourney } from '../../contracts/journeys/read.schema.ts';
import type { JourneyProblem } from '../../contracts/journeys/journeys-api.schema.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { simulateJourney } from '../../domain/journeys/simulation/simulate.ts';
import { validateDefinition } from '../../domain/journeys/checks/validate.ts';
import { apiClient, explained } from '../support/api.ts';
import { CliError, note, say } from '../support/output.ts';
import { loadJourney } from '../push/load-journey.ts';
import { readJson } from '../support/read-json.ts';
import { table } from '../support/table.ts';

/** What `throughline simulate` was asked for. */
export type SimulateOptions = {
  contact?: string;
  events?: string;
  at?: string;
  zone: string;
  json?: true;
};

/** What a simulation needs in addition to the journey. */
type Setting = { contact: JsonObject; script: SimulationScript; at: string };

/**
 * Simulates a journey and prints its steps with virtual times.
 * @returns the exit code: 1 when the run fails, gets stuck or never ends
 * @throws CliError for what cannot be read
 */
export async function runSimulate(journey: string, options: SimulateOptions): Promise<number> {
  const setting = await settingOf(options);
  const simulation = existsSync(journey)
    ? await simulateFile(journey, setting, options.zone)
    : await explained(() => simulateOnServer(journey, setting));
  if (options.json) say(JSON.stringify(simulation));
  else linesOf(simulation).forEach(say);
  return simulation.outcome === 'completed' || simulation.outcome === 'exited' ? 0 : 1;
}

async function settingOf(options: SimulateOptions): Promise<Setting> {
  const contact = options.contact === undefined ? {} : await readJson(options.contact);
  const happens = options.events === undefined ? {} : await readJson(options.events);
  const at = options.at ?? new Date().toISOString();
  if (Number.isNaN(Date.parse(at))) throw new CliError(`--at ${at} is no instant, such as 2026-11-24T09:00:00Z`);
  return {
    contact: readPart(z.record(z.string(), z.json()), contact, options.contact),
    script: readPart(SimulationScript, Array.isArray(happens) ? { events: happens } : happens, options.events),
    at: new Date(at).toISOString(),
  };
}

function readPart<T>(schema: z.ZodType<T>, value: unknown, file = ''): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new CliError(`${file}: ${z.prettifyError(read.error)}`);
}

async function simulateFile(
  file: string,
  { contact, script, at }: Setting,
  workspaceZone: string,
): Promise<SimulationAnswer> {
  const loaded = await loadJourney(file);
  if (!loaded) throw new CliError(`${file}: exports no journey by default`);
  const reading = readJourney(loaded.definition);
  if (!reading.ok) throw new CliError(problemLines(file, reading.problems).join('\n'));
  problemLines(file, validateDefinition(reading.definition)).forEach(note);
  return simulateJourney(reading.definition, { at, contact, workspaceZone, script });
}

function simulateOnServer(slug: string, { contact, script, at }: Setting): Promise<SimulationAnswer> {
  return apiClient().journeys.simulate(slug, { contact, script, at });
}

function problemLines(file: string, problems: readonly JourneyProblem[]): string[] {
  if (problems.length === 0) return [];
  return [
    `${file} cannot be published as it is:`,
    ...problems.map(({ node, path, message, hint }) => `  ${node ?? path}: ${message}. ${hint}`),
  ];
}

function linesOf({ steps, startedAt, endedAt, outcome, reason, entries, assumptions }: SimulationAnswer): string[] {
  const rows = steps.map((step) => [
    sinceStart(startedAt, step.startedAt),
    step.startedAt.replace(/\.\d+Z$/, 'Z'),
    step.visit > 1 ? `${step.step} (${step.visit})` : step.step,
    step.kind,
    step.status,
    detailOf(step),
  ]);
  return [
    ...table([['after', 'at', 'step', 'kind', 'status', ''], ...rows]),
    `${outcome} after ${sinceStart(startedAt, endedAt)}: ${reason}`,
    ...steps.flatMap(({ title, mail }) => (mail ? ['', `${title}: ${mail.subject}`, ...indented(mail.text)] : [])),
    ...entries.map((entry) => `  entry: ${entry}`),
    ...assumptions.map((assumption) => `  assumed: ${assumption}`),
  ];
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => (line === '' ? '' : `  ${line}`));
}

function detailOf(step: SimulatedStep): string {
  const detail = JSON.stringify(step.detail ?? {});
  if (detail === '{}') return step.waitingFor === undefined ? '' : `waits for ${step.waitingFor}`;
  const shown = 100;
  return detail.length > shown ? `${detail.slice(0, shown)}…` : detail;
}

/** `2d 03:00:05`, since the run began. */
function sinceStart(from: string, to: string): string {
  const seconds = Math.round((Date.parse(to) - Date.parse(from)) / 1_000);
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return days > 0 ? `${days}d ${clock}` : clock;
}
