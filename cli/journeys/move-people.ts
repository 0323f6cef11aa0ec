import { followBulk } from '../runs/follow-bulk.ts';
import { apiClient, explained } from '../support/api.ts';
import { say } from '../support/output.ts';
import { table } from '../support/table.ts';

/** Without a reason nobody is moved. */
export type MoveOptions = { reason?: string };

/** Says who stands where and would move to a version, or moves them and says how far it is. @throws CliError for a refusal */
export async function movePeople(slug: string, version: number, { reason }: MoveOptions): Promise<void> {
  const client = apiClient();
  if (reason === undefined) {
    const { groups, moves, stays } = await explained(() => client.journeys.previewMove(slug, version));
    const rows = groups.map(({ from, step, count, why }) => [`v${from}`, step ?? '-', String(count), why ?? 'moves']);
    table([['version', 'step', 'people', 'why they stay'], ...rows]).forEach(say);
    return say(`${moves} would move to v${version}, ${stays} would stay`);
  }
  const { id } = await explained(() => client.journeys.move(slug, version, reason));
  await explained(() => followBulk(client, id));
  say('Each of them moves, or stays and says why, in its next turn');
}
