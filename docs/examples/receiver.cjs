// A receiver of callbacks: node receiver.cjs. Verifies with the official SDK (npm install plivo) and forgets repetitions.
const http = require('node:http');
const { createHmac, timingSafeEqual } = require('node:crypto');
const plivo = require('plivo');

const AUTH_TOKEN = process.env.AUTH_TOKEN; // of the account, or of the subaccount that owns the session
const PUBLIC_URL = process.env.PUBLIC_URL ?? 'http://127.0.0.1:9000'; // as it stands in callback_url, without the path
const seen = new Map(); // webhook-id -> when; a database table in earnest

http
  .createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { headers, method, url } = request;
      const params = method === 'POST' ? Object.fromEntries(new URLSearchParams(body)) : {};
      const isPlivos = plivo.validateV3Signature(
        method,
        PUBLIC_URL + url,
        headers['x-plivo-signature-v3-nonce'] ?? '',
        AUTH_TOKEN,
        headers['x-plivo-signature-v3'] ?? '',
        params,
      );
      if (!isPlivos || !isFresh(headers, body)) return response.writeHead(403).end();

      // Deliveries repeat until they are answered with 2xx: the same id is the same event.
      if (!seen.has(headers['webhook-id'])) {
        seen.set(headers['webhook-id'], Date.now());
        console.log(method === 'POST' ? params : Object.fromEntries(new URL(url, PUBLIC_URL).searchParams));
      }
      response.writeHead(200).end();
    });
  })
  .listen(9000);

// V3 has no time in it. The Standard Webhooks signature has: what was signed more than five minutes ago is a replay.
function isFresh(headers, body) {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = createHmac('sha256', AUTH_TOKEN).update(signed).digest();
  const isSigned = (headers['webhook-signature'] ?? '').split(' ').some((text) => {
    const given = Buffer.from(text.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return isSigned && Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 300;
}
