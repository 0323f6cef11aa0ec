type JsonSchema = Record<string, unknown>;

/** A schema as a few words of TypeScript-like text, for people: components by their name, members one a line. */
export function schemaText(schema: unknown, indent = ''): string {
  if (!isRecord(schema)) return 'anything';
  if (typeof schema['$ref'] === 'string') return schema['$ref'].split('/').at(-1) ?? 'anything';
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' | ');
  const options = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(options)) return options.map((option) => schemaText(option, indent)).join(' | ');
  if (Array.isArray(schema['allOf'])) return schema['allOf'].map((part) => schemaText(part, indent)).join(' & ');
  if (Array.isArray(schema['type']))
    return schema['type'].map((type) => schemaText({ ...schema, type }, indent)).join(' | ');
  switch (schema['type']) {
    case 'object':
      return objectText(schema, indent);
    case 'array':
      return `${wrapped(schemaText(schema['items'], indent))}[]`;
    case 'string':
      return typeof schema['format'] === 'string' ? `string (${schema['format']})` : 'string';
    case 'integer':
    case 'number':
    case 'boolean':
    case 'null':
      return String(schema['type']);
    default:
      return 'anything';
  }
}

function objectText(schema: JsonSchema, indent: string): string {
  const properties = Object.entries(isRecord(schema['properties']) ? schema['properties'] : {});
  if (properties.length === 0) {
    return isRecord(schema['additionalProperties'])
      ? `{ [name]: ${schemaText(schema['additionalProperties'], indent)} }`
      : 'object';
  }
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const deeper = `${indent}  `;
  const lines = properties.map(
    ([name, member]) =>
      `${deeper}${name}${required.has(name) ? '' : '?'}: ${schemaText(member, deeper)}${wordsOf(member)}`,
  );
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function wordsOf(member: unknown): string {
  return isRecord(member) && typeof member['description'] === 'string' ? `   // ${member['description']}` : '';
}

function wrapped(text: string): string {
  return text.includes(' | ') ? `(${text})` : text;
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
