import fastify from 'fastify';

// A Fastify that does nothing: every GET and every POST is answered by the JSON of BARE_ANSWER, written again each time.
const answer: unknown = JSON.parse(process.env['BARE_ANSWER'] ?? '{}');
const server = fastify();
server.get('/*', async () => answer);
server.post('/*', async (_, reply) => {
  reply.status(202);
  return answer;
});
await server.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
