import { approverClient, explained } from '../support/api.ts';
import { CliError, say } from '../support/output.ts';
import { table } from '../support/table.ts';

/** Prints a page of approvals. @throws CliError for a refusal */
export async function listGates({ json, ...query }: { status: string; limit: number; json?: true }): Promise<void> {
  const page = await explained(() => approverClient().gates.list(query));
  if (json) return say(JSON.stringify(page));
  const rows = page.items.map((gate) => [
    gate.id,
    gate.status,
    gate.dueAt ?? '-',
    gate.outcomes.map((outcome) => outcome.name).join('|'),
    `${gate.title} (${gate.runTitle})`,
  ]);
  table([['id', 'status', 'due', 'outcomes', 'title'], ...rows]).forEach(say);
  say(`${page.items.length} approval(s)${page.nextCursor === null ? '' : ', and more'}`);
}

/**
 * Decides an approval as it stands: reads its round and content first, so that nothing is decided that changes meanwhile.
 * @throws CliError for a refusal
 */
export async function decideGate(
  id: string,
  outcome: string,
  options: { comment?: string; field?: string[]; json?: true },
): Promise<void> {
  const client = approverClient();
  const gate = await explained(async () => {
    const { round, contentHash } = await client.gates.show(id);
    const comment = options.comment === undefined ? {} : { comment: options.comment };
    const form = options.field === undefined ? {} : { form: formOf(options.field) };
    return client.gates.decide(id, { outcome, round, expectedHash: contentHash, ...comment, ...form });
  });
  say(options.json ? JSON.stringify(gate) : `${gate.title}: ${gate.outcome ?? outcome}`);
}

function formOf(fields: string[]): Record<string, number> {
  return Object.fromEntries(
    fields.map((field) => {
      const [, name, digits] = /^(\w+)=(\d{1,12})$/.exec(field) ?? [];
      if (name === undefined) throw new CliError(`--field ${field} is no name=number, such as refundMinor=5000`);
      return [name, Number(digits)];
    }),
  );
}
