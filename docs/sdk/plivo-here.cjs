// Sends the masking requests of the official Node SDK to the service at PLIVO_API_URL, and leaves all others with Plivo.
//
//   node --require ./plivo-here.cjs app.js        or, as the first line of the program: require('./plivo-here.cjs')
//
// PLIVO_API_URL         the service's PUBLIC_URL, such as https://masking.example.com/api; not set: everything goes to Plivo
// PLIVO_API_RECORDINGS  true: recordings are asked for there too
const { createRequire } = require('node:module');

const here = process.env.PLIVO_API_URL ?? '';
const resources = process.env.PLIVO_API_RECORDINGS === 'true' ? 'Masking|Recording' : 'Masking';
const routed = new RegExp(`^https://api\\.plivo\\.com/+(v1/Account/[^/?#]+/+(?:${resources})/.*)$`, 's');

if (here !== '') {
  const { protocol, host, pathname } = new URL(here);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new Error('PLIVO_API_URL: expected an http or https address');
  const base = `${protocol}//${host}${pathname.replace(/\/+$/, '')}/`;

  // The SDK has its host compiled in and makes an axios of its own for each request: what all of them have in common is the default adapter.
  const plivo = require.resolve('plivo', { paths: [process.cwd(), __dirname] });
  const axios = createRequire(plivo)('axios');
  const before = axios.defaults.adapter;
  axios.defaults.adapter = (config) => {
    const [, path] = routed.exec(config.url ?? '') ?? [];
    const target = path === undefined ? config : Object.assign(Object.create(Object.getPrototypeOf(config)), config, { url: base + path });
    return (typeof before === 'function' ? before : axios.getAdapter(before, target))(target);
  };
}
