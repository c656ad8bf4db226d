import { createHmac, randomUUID } from 'node:crypto';

export const ACCOUNT = { authId: 'MABENCHBENCHBENCH000', authToken: 'a-token-that-only-the-benchmark-has-0000' };
/** A second one, where one must not be felt by another. */
export const OTHER_ACCOUNT = { authId: 'MABENCHBENCHBENCH001', authToken: 'a-token-that-only-the-benchmark-has-0001' };
export const ADMIN_TOKEN = 'an-admin-token-of-the-benchmark';
/** Far more than a party will have sessions, so that no run ends in an exhausted pool. */
export const VIRTUAL_NUMBERS = Array.from({ length: 100 }, (_, index) => poolNumber(index));

const AGENTS = 5_000;
const CUSTOMERS = 10_000_000;
const SESSIONS = sessionsOf(ACCOUNT);
const BASIC = basicOf(ACCOUNT);

/** The n-th of at most 10,000 virtual numbers. */
export function poolNumber(n) {
  return `1415560${String(n).padStart(4, '0')}`;
}

/** The parties of the n-th session: one of 5,000 agents and a customer who was never seen before, in an order that looks random to a B-tree. */
export function parties(n) {
  const agent = (Math.imul(n, 2_654_435_761) >>> 0) % AGENTS;
  const customer = (n * 7_654_321) % CUSTOMERS;
  return { first: `1212550${String(agent).padStart(4, '0')}`, second: `1646${String(customer).padStart(7, '0')}` };
}

function sessionsOf({ authId }) {
  return `/v1/Account/${authId}/Masking/Session/`;
}

function basicOf({ authId, authToken }) {
  return `Basic ${Buffer.from(`${authId}:${authToken}`).toString('base64')}`;
}

export function createRequest(n, account = ACCOUNT) {
  const { first, second } = parties(n);
  return {
    method: 'POST',
    path: account === ACCOUNT ? SESSIONS : sessionsOf(account),
    headers: { authorization: account === ACCOUNT ? BASIC : basicOf(account), 'content-type': 'application/json' },
    body: JSON.stringify({ first_party: `+${first}`, second_party: `+${second}` }),
  };
}

export function getRequest(session) {
  return { method: 'GET', path: `${SESSIONS}${session.id}/`, headers: { authorization: BASIC } };
}

/** `query`: with the question mark, or empty. */
export function listRequest(query) {
  return { method: 'GET', path: `${SESSIONS}${query}`, headers: { authorization: BASIC } };
}

export function operatorRequest(path) {
  return { method: 'GET', path, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } };
}

/** The customer of a session calls its number: a webhook as Plivo sends it, signed for the server at `origin`. */
export function answerRequest(session, origin, account = ACCOUNT) {
  const path = `/plivo/${account.authId}/answer`;
  const form = {
    BillRate: '0.0055',
    CallStatus: 'ringing',
    CallUUID: randomUUID(),
    CallerName: `+${session.second}`,
    Direction: 'inbound',
    Event: 'StartApp',
    From: session.second,
    ParentAuthID: account.authId,
    RouteType: 'PSTN',
    STIRVerification: 'Verified',
    SessionStart: '2026-01-05 10:11:12.123456',
    To: session.virtualNumber,
  };
  const nonce = randomUUID();
  return {
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-plivo-signature-v3-nonce': nonce,
      'x-plivo-signature-v3': signature(`${origin}${path}`, form, nonce, account.authToken),
    },
    body: new URLSearchParams(form).toString(),
  };
}

/** Signature V3. Written out here and not taken from the service, which it would then only compare with itself. */
export function signature(url, form, nonce, token = ACCOUNT.authToken) {
  const text = Object.keys(form)
    .sort()
    .map((name) => name + form[name])
    .join('');
  return createHmac('sha256', token).update(`${url}?${text}.${nonce}`).digest('base64');
}
