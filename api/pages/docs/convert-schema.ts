import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

/** What the OpenAPI generator gets for a schema: the schema itself, and the components that it refers to. */
export type ConvertedSchema = { schema: JsonSchema; components: Record<string, JsonSchema> };

/**
 * Makes JSON Schema 2020-12, the dialect of OpenAPI 3.1, out of zod schemas. A schema with a `meta` id becomes a component; one
 * that reads otherwise than it writes (defaults) becomes two, the one that is read as `<id>Input`.
 */
export function createSchemaConverter(): (
  schema: unknown,
  options: { schemaType: 'input' | 'output' },
) => ConvertedSchema | undefined {
  return (schema, { schemaType }) => {
    if (!(schema instanceof z.ZodType)) return undefined;
    const made = shapeOf(schema, schemaType);
    const written = schemaType === 'input' ? shapeOf(schema, 'output') : made;
    const nameOf = (id: string): string =>
      schemaType === 'output' || isSame(made.shapes[id], written.shapes[id]) ? id : `${id}Input`;
    const components = Object.fromEntries(
      Object.entries(made.shapes).map(([id, shape]) => [nameOf(id), withNames(shape, nameOf) as JsonSchema]),
    );
    return { schema: withNames(made.root, nameOf) as JsonSchema, components };
  };
}

type Shapes = { root: JsonSchema; shapes: Record<string, JsonSchema> };

function shapeOf(schema: z.ZodType, io: 'input' | 'output'): Shapes {
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' });
  const shapes = Object.fromEntries(Object.entries($defs).map(([id, shape]) => [id, withoutId(shape as JsonSchema)]));
  return { root: withoutId(root), shapes };
}

function withoutId({ id: _id, ...shape }: JsonSchema): JsonSchema {
  return shape;
}

/** Whether two shapes are the same, apart from the components that they refer to. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The shape with its references pointing at components. */
function withNames(value: unknown, nameOf: (id: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withNames(item, nameOf));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key === '$ref' && typeof item === 'string' && item.startsWith('#/$defs/')) {
        return [key, `#/components/schemas/${nameOf(item.slice('#/$defs/'.length))}`];
      }
      return [key, withNames(item, nameOf)];
    }),
  );
}
