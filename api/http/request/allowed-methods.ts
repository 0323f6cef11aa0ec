import type { FastifyInstance } from 'fastify';

/**
 * Notes the routes that are made from now on. @returns the methods of a path, so that a wrong one is not taken for a path that does not
 * exist; none for such a path
 */
export function noteMethods(fastify: FastifyInstance): (path: string) => string[] {
  const methods = new Map<string, Set<string>>();
  fastify.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    const known = methods.get(url) ?? new Set<string>();
    for (const one of [method].flat()) known.add(one);
    methods.set(url, known);
  });
  return (path) => {
    const parts = path.split('/');
    const fitting = [...methods].filter(([url]) => isOf(url.split('/'), parts));
    return [...new Set(fitting.flatMap(([, of]) => [...of]))].toSorted();
  };
}

function isOf(route: readonly string[], path: readonly string[]): boolean {
  return route.length === path.length && route.every((part, index) => part.startsWith(':') || part === path[index]);
}
