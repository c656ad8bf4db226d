import { parse } from 'node:querystring';
import fastify from 'fastify';
import { answerCall, createSession, getSession } from './bare-requests.mjs';
import { openStore } from './bare-store.mjs';

// The peer: the least program that does the service's statements in the service's transactions for the three measured requests. No Nest, no ORM,
// no validation, no encryption, no credentials, no signatures, no logging.

const { PORT, DATABASE_URL } = process.env;
const origin = `http://127.0.0.1:${PORT}`;
const store = openStore(DATABASE_URL);
const app = fastify({ keepAliveTimeout: 65_000 });

app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
  done(null, parse(body)),
);
app.post('/v1/Account/:authId/Masking/Session/', async (request, reply) => {
  const asked = { authId: request.params.authId, body: request.body };
  reply.code(201);
  return store.transaction(() => createSession(store.sql, asked));
});
app.get('/v1/Account/:authId/Masking/Session/:id/', (request) =>
  store.read(() => getSession(store.sql, request.params)),
);
app.post('/plivo/:authId/answer', async (request, reply) => {
  const nonce = request.headers['x-plivo-signature-v3-nonce'];
  const asked = { origin, authId: request.params.authId, nonce, form: request.body };
  reply.type('application/xml; charset=utf-8');
  return store.transaction(() => answerCall(store.sql, asked));
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => process.exit(0));
