import type { z } from 'zod';

/** The text of `.env.example`: every setting with its meaning and its default; one without a default must be given. */
export function envExample(shape: Readonly<Record<string, z.ZodType>>): string {
  const entries = Object.entries(shape).map(([name, schema]) => {
    const fallback = schema.safeParse(undefined);
    const line = fallback.success ? `# ${name}=${written(fallback.data)}` : `${name}=`;
    return `# ${schema.description ?? ''}\n${line}`;
  });
  return ['# Settings of the API, the worker and the command line. What is commented out has this default.', ...entries]
    .join('\n\n')
    .concat('\n');
}

/** A value as it stands in the environment: a list by its commas, an object as JSON. */
function written(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
