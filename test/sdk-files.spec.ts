import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

const ACCOUNT = 'https://api.plivo.com/v1/Account/MAXXXXXXXXXXXXXXXXXX';
const ASKED = [
  `${ACCOUNT}/Masking/Session/`,
  `${ACCOUNT}//Masking/Session/?first_party=%2B14155550123&x=/Masking/`,
  `${ACCOUNT}/Recording/?limit=2`,
  `${ACCOUNT}/Message/`,
  `${ACCOUNT}/Message/?next=/Masking/Session/`,
  'https://example.com/v1/Account/MAXXXXXXXXXXXXXXXXXX/Masking/Session/',
  'https://api.plivo.com.example.com/v1/Account/MAXXXXXXXXXXXXXXXXXX/Masking/Session/',
];
const isRouted = (url: string, resources: RegExp): boolean =>
  url.startsWith(ACCOUNT) && resources.test(new URL(url).pathname);
const expected = (base: string, resources: RegExp): string[] =>
  ASKED.map((url) => (isRouted(url, resources) ? url.replace('https://api.plivo.com', base) : url));

/** The SDK's own axios, with an adapter in place that tells where requests would go. */
const NODE = `
  const axios = require('module').createRequire(require.resolve('plivo'))('axios');
  const seen = [];
  axios.defaults.adapter = async (config) => { seen.push(config.url); return { status: 200, data: {}, headers: {}, config }; };
  require('./docs/sdk/plivo-here.cjs');
  (async () => {
    for (const url of ${JSON.stringify(ASKED)}) await axios.create({}).request({ url });
    console.log(JSON.stringify(seen));
  })();`;

/** The requests library, as far as the file uses it, in its own words. */
const PYTHON = `
import json, sys, types
adapters = types.ModuleType('requests.adapters')
seen = []
class HTTPAdapter:
    def send(self, request, **kwargs): seen.append(request.url)
adapters.HTTPAdapter = HTTPAdapter
sys.modules['requests'] = types.ModuleType('requests')
sys.modules['requests.adapters'] = adapters
sys.path.insert(0, 'docs/sdk')
sys.dont_write_bytecode = True
import plivo_here
class Request:
    def __init__(self, url): self.url = url
    def copy(self): return Request(self.url)
class Session:
    auth = ('MAXXXXXXXXXXXXXXXXXX', 'token')
    mounted = {'https://': HTTPAdapter()}
    def mount(self, prefix, adapter): self.mounted[prefix] = adapter
client = types.SimpleNamespace(session=Session())
assert plivo_here.route(client) is client
for url in json.loads(sys.argv[1]):
    best = max((p for p in client.session.mounted if url.startswith(p)), key=len)
    request = Request(url)
    client.session.mounted[best].send(request)
    assert request.url == url
print(json.dumps(seen))`;

const bases = [
  ['https://masking.example.com', 'https://masking.example.com'],
  ['http://127.0.0.1:8420/', 'http://127.0.0.1:8420'],
  ['https://example.com/deep/prefix/', 'https://example.com/deep/prefix'],
] as const;

describe('the file for the Node SDK', () => {
  const run = (env: Record<string, string>): string[] => {
    const output = execFileSync(process.execPath, ['-e', NODE], { env: { ...process.env, ...env } });
    return (JSON.parse(output.toString()) as string[]).map((url) => url.replace('//Masking', '/Masking'));
  };
  const plain = (urls: string[]): string[] => urls.map((url) => url.replace('//Masking', '/Masking'));

  it.each(bases)('sends masking requests alone to %s', (given, base) => {
    expect(run({ PLIVO_API_URL: given })).toEqual(plain(expected(base, /\/Masking\//)));
  });

  it('sends recordings there when it is told to, and nothing without an address', () => {
    const [[given, base]] = bases;
    expect(run({ PLIVO_API_URL: given, PLIVO_API_RECORDINGS: 'true' })).toEqual(
      plain(expected(base, /\/(Masking|Recording)\//)),
    );
    expect(run({ PLIVO_API_URL: '' })).toEqual(plain(ASKED));
  });

  it('refuses an address that is none', () => {
    for (const PLIVO_API_URL of ['masking.example.com', 'ftp://example.com'])
      expect(() =>
        execFileSync(process.execPath, ['-e', NODE], { env: { ...process.env, PLIVO_API_URL }, stdio: 'pipe' }),
      ).toThrow();
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

(hasPython ? describe : describe.skip)('the file for the Python SDK', () => {
  // Python's SDK writes no doubled slash.
  const asked = ASKED.filter((url) => !url.includes('//Masking'));
  it.each(bases)('sends masking requests alone to %s, and leaves the SDK its request', (given, base) => {
    const output = execFileSync('python3', ['-c', PYTHON, JSON.stringify(asked)], {
      env: { ...process.env, PLIVO_API_URL: given },
    });
    const wanted = expected(base, /\/Masking\//).filter((_, index) => asked.includes(ASKED[index] ?? ''));
    expect(JSON.parse(output.toString())).toEqual(wanted);
  });
});
