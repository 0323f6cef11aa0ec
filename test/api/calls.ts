import type { CourseInput } from '../../contracts/courses/course.schema.ts';
import { newId } from '../../platform/ids.ts';
import type { TestCall } from '../support/caller.ts';
import { rowsCsv } from '../support/batches.ts';
import { shortRun } from '../support/courses.ts';
import { sampleEvent, sampleJourney } from '../support/journeys.ts';
import { upload, type World } from './world.ts';

/**
 * A call of an operation that must succeed. `as`: a key (the usual), a person's session, or no caller. `isEndless`: it
 * streams, so it is only tried where it is refused.
 */
export type ValidCall = Omit<TestCall, 'key' | 'cookie'> & { as?: 'key' | 'session' | 'nobody'; isEndless?: true };

const course: CourseInput = { title: 'SQL', prerequisites: [], completion: { moveOn: 'completed' } };
const definition = sampleJourney('walk');
const get = (url: string): ValidCall => ({ url });
const post = (url: string, body: unknown = {}): ValidCall => ({ method: 'POST', url, body });
const put = (url: string, body: unknown): ValidCall => ({ method: 'PUT', url, body });

/** The valid call of every operation, by `METHOD path` of the OpenAPI document. An operation without one fails the walk. */
export function validCalls({ ids, password, email }: World): Record<string, ValidCall> {
  return {
    'GET /v1/connections': get('/v1/connections'),
    'PUT /v1/connections/{service}': {
      ...put('/v1/connections/crm', { kind: 'hubspotToken', token: 'pat-walk' }),
      as: 'session',
    },
    'POST /v1/connections/{service}/test': { method: 'POST', url: '/v1/connections/crm/test', as: 'session' },
    'DELETE /v1/connections/{service}': { method: 'DELETE', url: '/v1/connections/crm', as: 'session' },
    'GET /v1/models': get('/v1/models'),
    'PUT /v1/models/{name}': {
      ...put('/v1/models/walk%2Fmodel', { url: 'https://models.example/v1', price: 'free', apiKey: 'sk-walk' }),
      as: 'session',
    },
    'POST /v1/models/{name}/trial': { method: 'POST', url: '/v1/models/stub-small/trial', as: 'session' },
    'GET /v1/models/{name}/trial': get('/v1/models/stub-small/trial'),
    'DELETE /v1/models/{name}': { method: 'DELETE', url: '/v1/models/walk%2Fmodel', as: 'session' },
    'PUT /v1/model-policy': { ...put('/v1/model-policy', { countsUnpriced: false }), as: 'session' },
    'GET /v1/contacts': get('/v1/contacts?limit=2'),
    'GET /v1/contacts/{externalId}': get('/v1/contacts/ana'),
    'GET /v1/erasures': get('/v1/erasures'),
    'GET /v1/contacts/{externalId}/timeline': get('/v1/contacts/ana/timeline?limit=2'),
    'GET /v1/contacts/{externalId}/absence': get('/v1/contacts/ana/absence?journey=walk'),
    'PUT /v1/contacts/{externalId}/consents/email': put('/v1/contacts/ana/consents/email', {
      isOpen: true,
      reason: 'x',
    }),
    'PUT /v1/contacts/{externalId}': put('/v1/contacts/ana', { attributes: { plan: 'pro' } }),
    'POST /v1/events': post('/v1/events', { events: [sampleEvent('walk-1', 'SignedUp', 'cy')] }),
    'GET /v1/events/unknown': get('/v1/events/unknown'),
    'GET /v1/journeys': get('/v1/journeys'),
    'GET /v1/journeys/{slug}': get('/v1/journeys/walk'),
    'PUT /v1/journeys/{slug}': put('/v1/journeys/walk', { definition }),
    'POST /v1/journeys/{slug}/validate': post('/v1/journeys/walk/validate'),
    'POST /v1/journeys/{slug}/simulate': post('/v1/journeys/walk/simulate', { contact: { name: 'Ana' } }),
    'POST /v1/journeys/{slug}/simulate/tests': {
      ...post('/v1/journeys/mailed/simulate/tests', { of: { step: 'hello' } }),
      as: 'session',
    },
    'POST /v1/journeys/{slug}/publish': post('/v1/journeys/walk/publish'),
    'GET /v1/journeys/{slug}/versions': get('/v1/journeys/walk/versions'),
    'GET /v1/journeys/{slug}/versions/{version}': get('/v1/journeys/walk/versions/1'),
    'GET /v1/journeys/{slug}/versions/{version}/move': get('/v1/journeys/walk/versions/1/move'),
    'POST /v1/journeys/{slug}/versions/{version}/move': post('/v1/journeys/walk/versions/1/move', { reason: 'a typo' }),
    'POST /v1/journeys/{slug}/pause': post('/v1/journeys/walk/pause', { reason: 'to look' }),
    'POST /v1/journeys/{slug}/resume': post('/v1/journeys/walk/resume', { reason: 'looked' }),
    'GET /v1/journeys/{slug}/stats': get('/v1/journeys/walk/stats'),
    'POST /v1/journeys/{slug}/runs': post('/v1/journeys/walk/runs', { contact: 'first' }),
    'GET /v1/templates': get('/v1/templates'),
    'PUT /v1/templates/{kind}/{slug}': put('/v1/templates/prompt/walk', { content: { instructions: 'Write.' } }),
    'GET /v1/templates/{kind}/{slug}': get('/v1/templates/message/walk'),
    'GET /v1/templates/message/{slug}/preview': get('/v1/templates/message/walk/preview?contact=ana'),
    'POST /v1/templates/message/{slug}/tests': {
      ...post('/v1/templates/message/walk/tests', { contact: 'ana' }),
      as: 'session',
    },
    'GET /v1/templates/{kind}/{slug}/journeys': get('/v1/templates/message/walk/journeys'),
    'GET /v1/templates/{kind}/{slug}/versions': get('/v1/templates/message/walk/versions'),
    'GET /v1/templates/{kind}/{slug}/versions/{version}': get('/v1/templates/message/walk/versions/1'),
    'GET /v1/courses': get('/v1/courses'),
    'PUT /v1/courses/{slug}': put('/v1/courses/sql', course),
    'GET /v1/courses/{slug}': get('/v1/courses/sql'),
    'PUT /v1/courses/{slug}/runs/{runSlug}': put('/v1/courses/sql/runs/winter', shortRun),
    'GET /v1/courses/{slug}/runs/{runSlug}': get('/v1/courses/sql/runs/autumn'),
    'POST /v1/enrollments': post('/v1/enrollments', { course: 'sql', run: 'winter', contact: 'first' }),
    'GET /v1/enrollments': get('/v1/enrollments?course=sql&run=autumn'),
    'GET /v1/enrollments/{id}': get(`/v1/enrollments/${ids.enrollment}`),
    'POST /v1/enrollments/more-time': post('/v1/enrollments/more-time', {
      ids: [ids.offered],
      until: new Date(Date.now() + 3_600_000).toISOString(),
      reason: 'On a plane',
    }),
    'POST /v1/enrollments/{id}/offer': post(`/v1/enrollments/${ids.offered}/offer`, { answer: 'accept' }),
    'POST /v1/enrollments/{id}/withdraw': post(`/v1/enrollments/${ids.offered}/withdraw`, { reason: 'No time' }),
    'POST /v1/enrollments/{id}/stay': { method: 'POST', url: `/v1/enrollments/${ids.leaving}/stay` },
    'POST /v1/progress': post('/v1/progress', {
      events: [{ id: 'walk-1', enrollment: ids.enrollment, verb: 'started', occurredAt: new Date().toISOString() }],
    }),
    'POST /v1/batches': { method: 'POST', url: '/v1/batches', ...upload(rowsCsv(1)) },
    'GET /v1/batches': get('/v1/batches'),
    'GET /v1/batches/{id}': get(`/v1/batches/${ids.batch}`),
    'POST /v1/batches/{id}/pause': post(`/v1/batches/${ids.liveBatch}/pause`, { reason: 'to look' }),
    'POST /v1/batches/{id}/resume': post(`/v1/batches/${ids.liveBatch}/resume`, { reason: 'looked' }),
    'POST /v1/batches/{id}/cancel': post(`/v1/batches/${ids.liveBatch}/cancel`, { reason: 'enough' }),
    'POST /v1/batches/{id}/again': post(`/v1/batches/${ids.batch}/again`, { reason: 'The service is back' }),
    'GET /v1/batches/{id}/documents': get(`/v1/batches/${ids.batch}/documents`),
    'GET /v1/batches/{id}/archive': get(`/v1/batches/${ids.batch}/archive`),
    'GET /v1/batches/{id}/manifest': get(`/v1/batches/${ids.batch}/manifest`),
    'GET /v1/batches/{id}/errors.csv': get(`/v1/batches/${ids.batch}/errors.csv`),
    'GET /v1/documents/{id}': get(`/v1/documents/${ids.document}`),
    'GET /v1/documents/{id}/drafts': get(`/v1/documents/${ids.document}/drafts`),
    'POST /v1/documents/{id}/drafts': post(`/v1/documents/${ids.document}/drafts`, {
      kind: 'regenerated',
      note: 'Shorter',
      expectedHash: ids.documentHash,
    }),
    'DELETE /v1/documents/{id}/drafts/open': { method: 'DELETE', url: `/v1/documents/${ids.document}/drafts/open` },
    'POST /v1/documents/{id}/decisions': post(`/v1/documents/${ids.document}/decisions`, {
      decision: 'approve',
      expectedHash: ids.documentHash,
    }),
    'GET /v1/documents/{id}/letter': get(`/v1/documents/${ids.delivered}/letter`),
    'GET /v1/documents/{id}/content': get(`/v1/documents/${ids.delivered}/content?format=html`),
    'POST /hooks/stripe': { ...post('/hooks/stripe'), as: 'nobody' },
    'POST /hooks/stripe/{workspace}': { ...post(`/hooks/stripe/${ids.run}`), as: 'nobody' },
    'POST /hooks/mail': { ...post('/hooks/mail'), as: 'nobody' },
    'POST /hooks/mail/{service}': { ...post('/hooks/mail/ses'), as: 'nobody' },
    'POST /hooks/mail/{workspace}/{reporter}': { ...post(`/hooks/mail/${ids.run}/ses`), as: 'nobody' },
    'GET /v1/runs': get('/v1/runs'),
    'GET /v1/runs/counts': get('/v1/runs/counts?kind=journey'),
    'GET /v1/runs/{id}': get(`/v1/runs/${ids.run}`),
    'GET /v1/runs/{id}/turns': get(`/v1/runs/${ids.run}/turns`),
    'GET /v1/runs/{id}/turns/{turn}/preview': get(`/v1/runs/${ids.run}/turns/0/preview`),
    'GET /v1/gates/counts': get('/v1/gates/counts'),
    'GET /v1/overview': get('/v1/overview'),
    'GET /v1/system': get('/v1/system'),
    'GET /v1/system/storage': get('/v1/system/storage'),
    'GET /v1/search': get('/v1/search?q=ana'),
    'GET /v1/runs/{id}/steps': get(`/v1/runs/${ids.run}/steps`),
    'POST /v1/runs/{id}/operations': post(`/v1/runs/${ids.run}/operations`, { kind: 'pause', reason: 'to look' }),
    'POST /v1/bulk-operations': post('/v1/bulk-operations', {
      kind: 'pause',
      runs: { ids: [ids.run] },
      reason: 'to look',
    }),
    'GET /v1/bulk-operations': get('/v1/bulk-operations'),
    'GET /v1/bulk-operations/{id}': get(`/v1/bulk-operations/${ids.bulk}`),
    'GET /v1/bulk-operations/{id}/refusals': get(`/v1/bulk-operations/${ids.bulk}/refusals`),
    'POST /v1/bulk-operations/{id}/cancel': { method: 'POST', url: `/v1/bulk-operations/${ids.bulk}/cancel` },
    'GET /v1/gates': get('/v1/gates?status=open&assignedTo=me'),
    'GET /v1/gates/{id}': get(`/v1/gates/${ids.gate}`),
    'GET /v1/gates/{id}/mails': get(`/v1/gates/${ids.gate}/mails`),
    'POST /v1/gates/{id}/tests': {
      ...post(`/v1/gates/${ids.mailedGate}/tests`, { outcome: 'approve', step: 'hello' }),
      as: 'session',
    },
    'POST /v1/gates/{id}/decisions': post(`/v1/gates/${ids.gate}/decisions`, {
      outcome: 'approve',
      round: 1,
      expectedHash: ids.gateHash,
    }),
    'GET /v1/mails': get('/v1/mails?journey=mailed&step=hello'),
    'GET /v1/mails.csv': get('/v1/mails.csv?template=walk@1'),
    'GET /v1/effects': get('/v1/effects'),
    'GET /v1/effects/{id}/message': get(`/v1/effects/${ids.effect}/message`),
    'POST /v1/effects/{id}/tests': { method: 'POST', url: `/v1/effects/${ids.effect}/tests`, as: 'session' },
    'GET /v1/effects/{id}/mail': get(`/v1/effects/${ids.effect}/mail`),
    'POST /v1/effects/{id}/resolutions': post(`/v1/effects/${ids.effect}/resolutions`, {
      happened: true,
      reason: 'It is in their mailbox',
    }),
    'GET /v1/incidents': get('/v1/incidents'),
    'GET /v1/incidents/counts': get('/v1/incidents/counts'),
    'GET /v1/incidents/{id}': get(`/v1/incidents/${ids.incident}`),
    'PUT /v1/incidents/{id}/owner': put(`/v1/incidents/${ids.incident}/owner`, { memberId: null, was: null }),
    'PUT /v1/incidents/{id}/ignored': put(`/v1/incidents/${ids.incident}/ignored`, {
      until: new Date(Date.now() + 3_600_000).toISOString(),
      reason: 'Known',
    }),
    'DELETE /v1/incidents/{id}/ignored': { method: 'DELETE', url: `/v1/incidents/${ids.incident}/ignored` },
    'POST /v1/incidents/{id}/resolution': post(`/v1/incidents/${ids.incident}/resolution`, { note: 'Looked at' }),
    'GET /v1/stream': { url: '/v1/stream', isEndless: true },
    'GET /v1/session': get('/v1/session'),
    'POST /v1/session': { ...post('/v1/session', { email, password }), as: 'nobody' },
    'POST /v1/session/password-reset': { ...post('/v1/session/password-reset', { email }), as: 'nobody' },
    'POST /v1/session/workspace': { ...post('/v1/session/workspace', { workspaceId: ids.workspace }), as: 'session' },
    'PUT /v1/session/password': {
      ...put('/v1/session/password', { current: password, next: `${password}, a new one` }),
      as: 'session',
    },
    'GET /v1/members': get('/v1/members'),
    'POST /v1/members': {
      ...post('/v1/members', { email: `${newId()}@example.com`, name: 'Di', roles: ['viewer'] }),
      as: 'session',
    },
    'PATCH /v1/members/{id}': { method: 'PATCH', url: `/v1/members/${ids.member}`, body: { roles: ['designer'] } },
    'POST /v1/members/{id}/sign-in-links': {
      method: 'POST',
      url: `/v1/members/${ids.member}/sign-in-links`,
      as: 'session',
    },
    'DELETE /v1/members/{id}/password': {
      method: 'DELETE',
      url: `/v1/members/${ids.member}/password`,
      as: 'session',
    },
    'GET /v1/workspaces': { url: '/v1/workspaces', as: 'session' },
    'GET /v1/api-keys': get('/v1/api-keys'),
    'POST /v1/api-keys': { ...post('/v1/api-keys', { name: 'walk', scopes: ['runs:read'] }), as: 'session' },
    'DELETE /v1/api-keys/{id}': { method: 'DELETE', url: `/v1/api-keys/${ids.apiKey}` },
    'GET /v1/audit': get('/v1/audit'),
    'GET /v1/audit/verification': get('/v1/audit/verification'),
    'GET /health/live': { url: '/health/live', as: 'nobody' },
    'GET /health/ready': { url: '/health/ready', as: 'nobody' },
    'GET /metrics': { url: '/metrics', as: 'nobody' },
    // The last ones: what the others need is gone then.
    'POST /v1/journeys/{slug}/stop': post('/v1/journeys/walk/stop', { reason: 'enough' }),
    'DELETE /v1/contacts/{externalId}': { method: 'DELETE', url: '/v1/contacts/ana' },
    'DELETE /v1/session': { method: 'DELETE', url: '/v1/session', as: 'session' },
  };
}
