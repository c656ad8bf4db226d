import { request } from 'undici';
import { answerRequest, createRequest, getRequest, parties } from './requests.mjs';

/** A number that no round reaches. */
const FIRST_PAIR = 9_000_000;
const WARMED = 100;

/**
 * The statements that each server sends for one create, one get and one answer. A ratio between programs that do different work means nothing,
 * so a difference is an error of the bench, to be mended in bare-statements.mjs.
 */
export async function compareStatements({ service, bare }) {
  const [ours, theirs] = [await statementsOf(service), await statementsOf(bare)];
  return Object.keys(ours).map((kind) => ({
    kind,
    service: ours[kind],
    bare: theirs[kind],
    areEqual: JSON.stringify(ours[kind]) === JSON.stringify(theirs[kind]),
  }));
}

async function statementsOf(server) {
  const pair = FIRST_PAIR;
  // On MySQL an hour's sums are in rows that are made when chance first comes to them.
  for (let warmed = 1; warmed <= WARMED; warmed++) await send(server, createRequest(pair + warmed));
  // What is read once every few seconds, such as credentials, is no part of a request: the first round fills those caches.
  await measure(server, pair);
  return measure(server, pair + WARMED + 1);
}

async function measure(server, pair) {
  const created = JSON.parse(await send(server, createRequest(pair)));
  const create = await taken(server);
  const session = {
    id: created.session_uuid,
    second: parties(pair).second,
    virtualNumber: created.virtual_number.slice(1),
  };
  await send(server, getRequest(session));
  const get = await taken(server);
  await send(server, answerRequest(session, server.origin));
  return { create, get, answer: await taken(server) };
}

async function taken(server) {
  const statements = await server.takeStatements();
  return statements.map((sql) => sql.replaceAll(/\s+/g, ' ').trim());
}

async function send({ origin }, { path, ...options }) {
  const { statusCode, body } = await request(origin + path, options);
  const text = await body.text();
  if (statusCode >= 300) throw new Error(`${options.method} ${path}: ${statusCode} ${text}`);
  return text;
}
