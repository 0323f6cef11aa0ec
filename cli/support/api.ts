import { ApiProblem, createClient, type Client } from '../../sdk/client/client.ts';
import { connection, readLocalServer } from './connection.ts';
import { CliError } from './output.ts';

/** The API of the server that a command talks to. @throws CliError when no server is known */
export function apiClient(): Client {
  const { url, key } = connection();
  return createClient({ baseUrl: url, key });
}

/**
 * As `apiClient`, with a key that decides approvals: THROUGHLINE_API_KEY, else the local stack's approver, since the local
 * command line itself is assigned to no gate.
 */
export function approverClient(): Client {
  const { url, key } = connection();
  const isGiven = process.env['THROUGHLINE_API_KEY'] !== undefined;
  return createClient({ baseUrl: url, key: isGiven ? key : (readLocalServer()?.approverKey ?? key) });
}

/**
 * Does `work`; a refusal of the API (`about` says of what) and a server that is unavailable become sentences. @throws
 * CliError
 */
export async function explained<T>(work: () => Promise<T>, about?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiProblem) throw new CliError(`${about === undefined ? '' : `${about}: `}${wordsOf(error)}`);
    if (error instanceof TypeError && error.message === 'fetch failed') {
      throw new CliError(`No server answers at ${connection().url}. Is it running?`);
    }
    throw error;
  }
}

function wordsOf({ problem }: ApiProblem): string {
  const parts = problem.errors.map((part) => `  ${part.path}: ${part.message}`);
  return [`${problem.detail} (${problem.code})`, ...parts].join('\n');
}
