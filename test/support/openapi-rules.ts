/** An OpenAPI document, as far as the rules look at it. */
type Json = { readonly [key: string]: unknown };
type Operation = { at: string; path: string; shared: unknown[]; body: Json };

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/**
 * What is wrong with an OpenAPI document by those rules of redocly and spectral that a change of ours can break, under their names: each takes no package.
 * The linters themselves, with all that they recommend, look at it every night.
 */
export function openApiFaults(document: Json): string[] {
  return [...infoFaults(document), ...refFaults(document), ...operationFaults(document), ...enumFaults(document)];
}

function infoFaults({ info, servers, tags }: Json): string[] {
  const { license, description, contact } = at(info);
  return [
    ...fault('info-license', license !== undefined && text(at(license)['name'])),
    ...fault('info-license-strict', text(at(license)['url']) || text(at(license)['identifier'])),
    ...fault('info-description', text(description)),
    ...fault('info-contact', contact !== undefined),
    ...fault('no-empty-servers', list(servers).length > 0),
    ...list(servers).flatMap((server) => fault('no-server-trailing-slash', !/.\/$/.test(String(at(server)['url'])))),
    ...list(tags).flatMap((tag) => fault(`tag-description: ${String(at(tag)['name'])}`, text(at(tag)['description']))),
  ];
}

function refFaults(document: Json): string[] {
  const refs = new Set<string>();
  each(document, (_, node) => {
    if (typeof node['$ref'] === 'string') refs.add(node['$ref']);
  });
  const resolve = (ref: string): unknown =>
    ref
      .slice(2)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((node, part) => at(node)[part], document);
  const schemas = Object.keys(at(at(document['components'])['schemas']));
  return [
    ...[...refs].flatMap((ref) =>
      fault(`no-unresolved-refs: ${ref}`, ref.startsWith('#/') && resolve(ref) !== undefined),
    ),
    ...schemas.flatMap((name) => fault(`no-unused-components: ${name}`, refs.has(`#/components/schemas/${name}`))),
  ];
}

function operationFaults(document: Json): string[] {
  const tags = new Set(list(document['tags']).map((tag) => at(tag)['name']));
  const schemes = at(at(document['components'])['securitySchemes']);
  const operations = operationsOf(document);
  const ids = operations.map(({ body }) => body['operationId']);
  return operations.flatMap(({ at: place, path, shared, body }) => {
    const statuses = Object.keys(at(body['responses']));
    const names = [...shared, ...list(body['parameters'])]
      .filter((parameter) => at(parameter)['in'] === 'path')
      .map((parameter) => String(at(parameter)['name']));
    const inPath = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
    const id = body['operationId'];
    const security = list(body['security'] ?? document['security']).flatMap((each) => Object.keys(at(each)));
    return [
      ...fault(`operation-operationId: ${place}`, text(id)),
      ...fault(`operation-operationId-unique: ${place}`, ids.filter((other) => other === id).length === 1),
      ...fault(`operation-operationId-url-safe: ${place}`, /^[\w.~:-]+$/.test(String(id))),
      ...fault(`operation-summary: ${place}`, text(body['summary'])),
      ...fault(`operation-description: ${place}`, text(body['description'])),
      ...fault(
        `operation-tags: ${place}`,
        list(body['tags']).length > 0 && list(body['tags']).every((tag) => tags.has(tag)),
      ),
      ...fault(
        `operation-2xx-response: ${place}`,
        statuses.some((status) => /^[23]/.test(status)),
      ),
      ...fault(
        `operation-4xx-response: ${place}`,
        statuses.some((status) => status.startsWith('4')),
      ),
      ...fault(`path-parameters-defined: ${place}`, names.toSorted().join() === inPath.toSorted().join()),
      ...fault(`path-declaration: ${place}`, inPath.every((name) => name !== '') && !/.\/$|\?/.test(path)),
      ...fault(
        `security-defined: ${place}`,
        security.every((name) => Object.hasOwn(schemes, name)),
      ),
    ];
  });
}

function enumFaults(document: Json): string[] {
  const found: string[] = [];
  each(document, (place, { type, enum: values }) => {
    if (!Array.isArray(values)) return;
    found.push(...fault(`duplicated-entry-in-enum: ${place}`, new Set(values).size === values.length));
    if (type === 'string')
      found.push(
        ...fault(
          `typed-enum: ${place}`,
          values.every((value) => typeof value === 'string'),
        ),
      );
  });
  return found;
}

function operationsOf({ paths }: Json): Operation[] {
  return Object.entries(at(paths)).flatMap(([path, item]) =>
    Object.entries(at(item))
      .filter(([method]) => methods.has(method))
      .map(([method, body]) => ({
        at: `${method} ${path}`,
        path,
        shared: list(at(item)['parameters']),
        body: at(body),
      })),
  );
}

function each(node: unknown, look: (place: string, node: Json) => void, place = '#'): void {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) look(place, at(node));
  for (const [key, value] of Object.entries(node)) each(value, look, `${place}/${key}`);
}

function fault(words: string, isFine: boolean): string[] {
  return isFine ? [] : [words];
}

function text(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function at(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
