/** Something the person at the terminal can do something about; the message says what. */
export class Problem extends Error {}

/** The sentence that helps with what a program printed before it failed; `fallback` where nothing is recognised. */
export function advice(output, fallback) {
  if (/ENOSPC|no space left/i.test(output)) return 'The disk is full. Free some space and start again.';
  if (/EACCES|EPERM|permission denied/i.test(output))
    return 'A file or folder may not be written. Check who owns the project folder, and start again.';
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|E40[13]|network/i.test(output))
    return 'The package registry could not be reached or refused. Check the network, the proxy and `npm config get registry`, and start again.';
  return fallback;
}
