import { isInsideHost, isLoopbackHost } from './own-address.ts';

/** A server of models that one runs oneself: whatever it answers costs nothing, unless something else is said of the model. */
export type LocalServer = 'Ollama' | 'vLLM' | 'llama.cpp';

/** By the port that each has where nothing else is set. Those of vLLM and llama.cpp are many another service's, so they count on this machine alone. */
const ports: Readonly<Record<string, { server: LocalServer; isAnywhereInside: boolean }>> = {
  '11434': { server: 'Ollama', isAnywhereInside: true },
  '8000': { server: 'vLLM', isAnywhereInside: false },
  '8080': { server: 'llama.cpp', isAnywhereInside: false },
};

/** Which of them is at an address, by its port; null where none is. */
export function localServerAt(address: string): LocalServer | null {
  const { protocol, hostname, port } = new URL(address);
  const known = Object.hasOwn(ports, port) ? ports[port] : undefined;
  if (protocol !== 'http:' || known === undefined) return null;
  const isNear = known.isAnywhereInside ? isInsideHost(hostname) : isLoopbackHost(hostname);
  return isNear ? known.server : null;
}
