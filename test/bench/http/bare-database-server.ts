import fastify from 'fastify';
import pg from 'pg';
import { newId } from '../../../platform/ids.ts';

// The least that reads the same page and keeps the same event: Fastify and one prepared statement, no workspace, no rights, no
// schema. DATABASE_URL is a role that sees every row.
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 20 });
const { rows: contacts } = await pool.query<{ workspace_id: string; id: string }>(
  'select workspace_id, id from contact',
);
const workspaceId = contacts[0]?.workspace_id;
const server = fastify();

server.get('/*', async () => {
  const { rows: items } = await pool.query({
    name: 'page',
    text: `select r.id, r.kind, r.title, r.status, r.waiting_for, r.current_step, r.next_due_at, r.outcome, r.reason, r.contact_id,
        c.external_id, r.started_at, r.updated_at, r.ended_at, r.rev
      from run r left join contact c on c.workspace_id = r.workspace_id and c.id = r.contact_id
      where r.workspace_id = $1 order by r.id desc limit 21`,
    values: [workspaceId],
  });
  return { items: items.slice(0, 20), nextCursor: items.at(-1)?.id };
});

server.post('/*', async (_, reply) => {
  const contact = contacts[Math.floor(Math.random() * contacts.length)];
  await pool.query({
    name: 'keep',
    text: `insert into event (workspace_id, id, name, contact_id, occurred_at, properties) values ($1, $2, 'pageViewed', $3, now(), '{}')`,
    values: [workspaceId, newId(), contact?.id],
  });
  reply.status(202);
  return { accepted: 1, duplicates: 0, rejected: [] };
});

await server.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
