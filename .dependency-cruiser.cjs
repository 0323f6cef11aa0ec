/**
 * The import arrows of docs/architecture.md as rules. `arrows` says, for each folder, whom it may import; `typesOnly` whom it
 * may import with `import type` alone. Everything else between top-level folders is an error.
 */
const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const everywhere = ['contracts', 'domain'];
const arrows = {
  contracts: [],
  domain: ['contracts'],
  platform: everywhere,
  workflows: everywhere,
  activities: [...everywhere, 'platform'],
  worker: [...everywhere, 'platform', 'activities'],
  local: [...everywhere, 'platform', 'activities', 'worker'],
  cli: [...everywhere, 'platform', 'worker', 'local', 'sdk'],
  api: [...everywhere, 'platform'],
  sdk: everywhere,
  dashboard: everywhere,
  examples: ['sdk'],
};
const typesOnly = { worker: ['workflows'], local: ['workflows'], api: ['workflows'] };
/** Message definitions are values that the API needs in order to signal; they hold no workflow code. */
const messages = '^workflows/messages\\.ts$';

/** The folders of `platform/db`, each with those it may import: no circle, and nothing imports what only reads for screens. */
const base = ['core', 'tables'];
const database = {
  tables: [],
  core: ['tables'],
  keys: base,
  migrations: [...base, 'keys'],
  access: base,
  conditions: base,
  runs: base,
  ledger: [...base, 'runs'],
  bulk: base,
  incidents: [...base, 'access'],
  pools: [...base, 'runs'],
  contacts: [...base, 'access', 'runs'],
  gates: [...base, 'runs'],
  journeys: [...base, 'runs', 'bulk', 'contacts', 'gates'],
  segments: [...base, 'conditions', 'runs', 'contacts', 'journeys'],
  courses: [...base, 'runs', 'contacts'],
  documents: [...base, 'runs'],
  models: [...base, 'access'],
  tallies: base,
  views: [...base, 'access', 'runs', 'incidents', 'contacts', 'segments', 'gates', 'journeys', 'courses', 'documents'],
};

/** The rooms of the dashboard, each with those it may import; `app` puts them together. `ui` knows nothing of what it shows. */
const dashboard = {
  ui: [],
  api: [],
  live: ['api'],
  entities: ['ui', 'api'],
  frame: ['ui', 'api', 'live'],
  features: ['ui', 'api', 'entities', 'frame'],
  pages: ['ui', 'api', 'entities', 'frame', 'features'],
};

/** A new folder without arrows would be watched by no rule. */
function requireArrows(room, known) {
  const entries = readdirSync(join(__dirname, room), { withFileTypes: true });
  const unknown = entries.filter((entry) => entry.isDirectory() && !known.includes(entry.name)).map(({ name }) => name);
  if (unknown.length > 0) throw new Error(`.dependency-cruiser.cjs has no arrows for ${room}/{${unknown.join(',')}}`);
}
requireArrows('platform/db', Object.keys(database));
requireArrows('dashboard/src', [...Object.keys(dashboard), 'app', 'assets']);

const folders = Object.keys(arrows);
const forbidden = folders.map((from) => {
  const allowed = [from, ...arrows[from]];
  const types = typesOnly[from] ?? [];
  const others = folders.filter((to) => !allowed.includes(to) && !types.includes(to));
  return {
    name: `arrow-${from}`,
    severity: 'error',
    from: { path: `^${from}/` },
    to: { path: `^(${others.join('|')})/` },
  };
});
for (const [from, types] of Object.entries(typesOnly)) {
  forbidden.push({
    name: `arrow-${from}-types-only`,
    severity: 'error',
    from: { path: `^${from}/` },
    to: { path: `^(${types.join('|')})/`, pathNot: messages, dependencyTypesNot: ['type-only'] },
  });
}
for (const [from, allowed] of Object.entries(database)) {
  const others = Object.keys(database).filter((to) => to !== from && !allowed.includes(to));
  forbidden.push({
    name: `database-${from}`,
    severity: 'error',
    from: { path: `^platform/db/${from}/` },
    to: { path: `^platform/db/(${others.join('|')})/` },
  });
}
for (const [from, allowed] of Object.entries(dashboard)) {
  const others = ['app', ...Object.keys(dashboard)].filter((to) => to !== from && !allowed.includes(to));
  forbidden.push({
    name: `dashboard-${from}`,
    severity: 'error',
    from: { path: `^dashboard/src/${from}/` },
    to: { path: `^dashboard/src/(${others.join('|')})/` },
  });
}

module.exports = {
  forbidden: [
    ...forbidden.map((rule) => ({ ...rule, from: { ...rule.from, pathNot: '\\.test\\.ts$' } })),
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'sql-lives-in-platform-db',
      comment: 'Without these a Db and a Tx have nothing by which SQL could be written or sent.',
      severity: 'error',
      from: { path: `^(${folders.join('|')})/`, pathNot: ['^platform/db/', '\\.test\\.ts$'] },
      to: {
        path: '^(node_modules/(kysely|pg|@types/pg)/|platform/db/core/(kysely|connections|lazy-transactions)\\.ts$)',
      },
    },
    {
      name: 'schemas-are-types-in-workflows',
      comment: 'zod in workflow code breaks replay when a schema is tightened, and doubles the bundle.',
      severity: 'error',
      from: { path: '^(workflows|domain)/', pathNot: '\\.test\\.ts$' },
      to: { path: '(\\.schema\\.ts$|\\.routes\\.ts$|^node_modules/zod/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contracts-and-domain-are-pure',
      severity: 'error',
      from: { path: '^(contracts|domain)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'templates-are-filled-by-the-render-pool',
      comment: 'Templates are not trusted: only a process that may be killed fills them.',
      severity: 'error',
      from: { pathNot: ['^platform/render/', '^domain/documents/template/', '\\.test\\.ts$'] },
      to: {
        path: '^(domain/documents/template/template-engine|platform/render/(render-document|typst-pdf))\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'api-features-apart',
      severity: 'error',
      from: { path: '^api/([^/]+)/.+', pathNot: ['\\.test\\.ts$', '^api/pages/'] },
      to: { path: '^api/[^/]+/.+', pathNot: ['^api/$1/', '^api/http/'] },
    },
    {
      name: 'api-pages-apart',
      comment: 'A page that the server renders may use a feature, never another page.',
      severity: 'error',
      from: { path: '^api/pages/([^/]+)/.+', pathNot: '\\.test\\.ts$' },
      to: { path: '^api/pages/[^/]+/.+', pathNot: '^api/pages/$1/' },
    },
    {
      name: 'dashboard-features-apart',
      severity: 'error',
      from: { path: '^dashboard/src/features/([^/]+)/.+', pathNot: '\\.test\\.ts$' },
      to: { path: '^dashboard/src/features/[^/]+/.+', pathNot: '^dashboard/src/features/$1/' },
    },
    {
      name: 'dashboard-requests-in-api',
      comment: 'What is asked of the server is a function or a query of dashboard/src/api/.',
      severity: 'error',
      from: { path: '^dashboard/src/', pathNot: '^dashboard/src/api/' },
      to: { path: '^dashboard/src/api/http/request\\.ts$' },
    },
    {
      name: 'dashboard-ui-knows-no-contracts',
      comment: 'What knows a run, an approval or a batch is an entity.',
      severity: 'error',
      from: { path: '^dashboard/src/ui/' },
      to: { path: '^(contracts|domain)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.throughline)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
