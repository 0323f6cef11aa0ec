import type { OpenAPIObject } from '@nestjs/swagger';
import { html, type Markup, page } from '../../http/html.ts';
import { schemaText } from './schema-text.ts';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & {
  'x-access'?: string;
  'x-also-needs'?: string;
};
type Listed = { method: string; path: string; operation: Operation };
/** The components of the document, by name. */
type Shapes = Record<string, unknown>;
type Content = Record<string, { schema?: unknown }>;

/** The API for people: a section for each tag, each operation unfolds to what goes in and what comes out. No script. */
export function docsPage(document: OpenAPIObject): Markup {
  const operations = operationsOf(document);
  const shapes: Shapes = document.components?.schemas ?? {};
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? 'Other'))];
  return page({
    title: 'API',
    body: html`<div class="in">
      <div class="meta"></div>
      <h1>The API</h1>
      ${document.info.description?.split('\n').map((line) => html`<p class="lead">${withCode(line)}</p>`)}
      <p class="lead">For machines: <a href="/v1/openapi.json">OpenAPI 3.1</a>.</p>
      <div class="cols">
        <nav class="box" aria-label="Sections">
          ${tags.map((tag) => html`<a href="#${anchor(tag)}">${tag}</a> · `)}<a href="#shapes">Shapes</a>
        </nav>
        ${tags.map(
          (tag) =>
            html`<section id="${anchor(tag)}" class="box">
              <h2>${tag}</h2>
              ${operations.filter(({ operation }) => (operation.tags?.[0] ?? 'Other') === tag).map((listed) => operationBlock(listed, shapes))}
            </section>`,
        )}
        <section id="shapes" class="box">
          <h2>Shapes</h2>
          ${Object.entries(shapes)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(
              ([name, schema]) =>
                html`<details id="shape-${name}">
                  <summary>${name}</summary>
                  <pre>${schemaText(schema)}</pre>
                </details>`,
            )}
        </section>
      </div>
    </div>`,
  });
}

/** What stands between backticks is code. */
function withCode(line: string): Markup[] {
  return line.split('`').map((part, n) => (n % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

function operationsOf(document: OpenAPIObject): Listed[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    (['get', 'put', 'post', 'delete', 'patch'] as const).flatMap((method) => {
      const operation: Operation | undefined = item[method];
      return operation ? [{ method: method.toUpperCase(), path, operation }] : [];
    }),
  );
}

function operationBlock({ method, path, operation }: Listed, shapes: Shapes): Markup {
  const parameters = (operation.parameters ?? []).filter((parameter) => 'name' in parameter);
  const body = operation.requestBody && 'content' in operation.requestBody ? operation.requestBody.content : null;
  return html`<details>
    <summary><span class="verb">${method}</span> <code>${path}</code> ${operation.summary}</summary>
    <p class="note">${accessWords(operation)}</p>
    ${
      parameters.length > 0 &&
      html`<ul class="links">
        ${parameters.map(
          (parameter) =>
            html`<li>
              <code>${parameter.name}</code>
              <span class="note"
                >${parameter.in}${parameter.required ? ', required' : ''},
                ${schemaText(parameter.schema)}${parameter.description && html`: ${parameter.description}`}</span
              >
            </li>`,
        )}
      </ul>`
    }
    ${body && contentBlock('Send', body, shapes)}
    ${Object.entries(operation.responses)
      .filter(([status]) => status !== 'default' && status !== '4XX')
      .map((answer) => answerBlock(answer, shapes))}
    <pre>${curl(method, path, body)}</pre>
  </details>`;
}

function accessWords({ 'x-access': access, 'x-also-needs': also }: Operation): string {
  if (access === 'public') return 'Needs no key.';
  if (access === 'signedIn') return 'Needs a key or a session.';
  return also === undefined ? `Needs the right ${access ?? ''}.` : `Needs the rights ${access ?? ''} and ${also}.`;
}

function answerBlock([status, response]: [string, unknown], shapes: Shapes): Markup {
  const content = (response as { content?: Content }).content;
  return content
    ? contentBlock(`Answers ${status}`, content, shapes)
    : html`<p class="note">Answers ${status}, without a body.</p>`;
}

function contentBlock(title: string, content: Content, shapes: Shapes): Markup {
  return html`${Object.entries(content).map(
    ([type, { schema }]) =>
      html`<p class="note">${title}, <code>${type}</code>${schema ? ':' : '.'}</p>
        ${schema ? html`<pre>${unfolded(schema, shapes)}</pre>` : null}`,
  )}`;
}

/** A component with its members; those it refers to stand among the shapes. */
function unfolded(schema: unknown, shapes: Shapes): string {
  const name = schemaText(schema);
  return name in shapes ? `${name} ${schemaText(shapes[name])}` : name;
}

/** A call to try, with the parts of the path to be filled in. */
function curl(method: string, path: string, body: Content | null): string {
  const verb = method === 'GET' ? '' : ` -X ${method}`;
  const type = body ? Object.keys(body)[0] : undefined;
  const data =
    type === undefined
      ? ''
      : type.startsWith('multipart')
        ? " \\\n  -F rows=@rows.csv -F 'options=<options.json'"
        : ` \\\n  -H 'Content-Type: ${type}' -d @body.json`;
  return `curl${verb} "$THROUGHLINE_URL${path}" \\\n  -H "Authorization: Bearer $THROUGHLINE_API_KEY"${data}`;
}

function anchor(tag: string): string {
  return tag.toLowerCase().replaceAll(/[^a-z]+/g, '-');
}
