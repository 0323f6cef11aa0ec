import { apiClient, explained } from '../support/api.ts';
import { say } from '../support/output.ts';
import { table } from '../support/table.ts';

/** Prints the names of events that no journey knows, with a name that may be meant. @throws CliError for a refusal */
export async function listUnknownEvents(): Promise<void> {
  const { items } = await explained(() => apiClient().events.unknown());
  const rows = items.map((each) => [each.name, String(each.count), each.lastAt, each.closest ?? '-']);
  table([['name', 'count', 'last', 'did you mean'], ...rows]).forEach(say);
}
