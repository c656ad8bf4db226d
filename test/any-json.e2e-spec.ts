import { beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeOnEachService, type Service } from './support/service.js';
import { anyCharacter } from './support/any-character.js';

const SEED = 20_261_129;
/** Requests on each database. `ANY_JSON_REQUESTS=20000` is the long walk. */
const REQUESTS = Number(process.env['ANY_JSON_REQUESTS'] ?? 2_000);
const AT_ONCE = 8;
const NOBODY = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
}
interface Operation {
  requestBody?: { content?: Record<string, { schema?: Schema }> };
}
interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
interface Target {
  method: string;
  path: string;
  fields: string[];
}

/** The description names the fields of the masking API's bodies alone; these are the others'. */
const OTHER_FIELDS =
  'account alias allowed_countries amount answered_at attempts auth_id billed_seconds body bytes call_differences call_id call_uuid caller caller_name calls cause cause_code cost country created_at created_time cursor daily_spend_cap decision deleted_at differences digits duration_ms duration_seconds each end_time ended_at event expiry_time failing_since finished_at first_party format found from group_by include interaction items kind language last_error last_failed_at last_interaction_time lease_ends_at legs max_rate_per_minute message method minute_fee minutes modified_time name next_attempt_at next_cursor next_run_at number outcome parked_at party paused_at plivo_auth_id plivo_auth_token ready_at reason recording_id recording_retention_days recording_url refusals repair repaired role second_party sequence_number session session_differences session_fee session_uuid settled_at side since start_time started_at stats_amount stats_calls status stream subaccount sum_differences to total_call_amount total_session_amount until validate validator virtual_number'.split(
    ' ',
  );

/** Names that mean something to the language or to libraries that walk objects. */
const MAGIC = [
  'constructor',
  'toString',
  'then',
  'length',
  'prototype',
  'hasOwnProperty',
  'toJSON',
  '$gt',
  'isPrototypeOf',
];
const magicObjects = fc.dictionary(
  fc.constantFrom(...MAGIC),
  fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constant({ constructor: 1 })),
  {
    minKeys: 1,
    maxKeys: 3,
  },
);
const values = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  magicObjects,
  fc.array(magicObjects, { maxLength: 2 }),
  fc.string({ unit: anyCharacter, maxLength: 40 }),
  fc.constantFrom<unknown>(
    '\u0000',
    '\ud800',
    '+14155550100',
    '2026-13-45',
    1e308,
    -1,
    2 ** 53,
    0.1,
    '',
    'x'.repeat(5_000),
  ),
);

describeOnEachService('any JSON in any field', (start) => {
  let service: Service;
  const targets: Target[] = [];

  beforeAll(async () => {
    service = await start({ settings: { ROLE: 'api', PROVIDER: 'simulator', LOG_LEVEL: 'error' } });
    for (const url of ['/openapi.json', '/simulator/openapi.json']) {
      const { body } = await service.request<Description>(url, { as: null });
      const found = Object.entries(body.paths).flatMap(([path, operations]) =>
        Object.entries(operations)
          .filter(
            ([method]) => /^(?:post|put|patch)$/.test(method) && /^\/(?:v1|admin|simulator\/control)\//.test(path),
          )
          .map(([method, operation]) => ({
            method: method.toUpperCase(),
            path: filled(path),
            fields: fieldsOf(body, operation),
          })),
      );
      targets.push(...found);
    }
  });

  const filled = (path: string): string =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => (/^auth_?id$/i.test(name) ? service.authId : NOBODY));
  const fieldsOf = ({ components }: Description, { requestBody }: Operation): string[] => {
    const schema = requestBody?.content?.['application/json']?.schema;
    const named = schema?.$ref === undefined ? schema : components.schemas[schema.$ref.split('/').at(-1) ?? ''];
    const described = Object.keys(named?.properties ?? {});
    return described.length > 0 ? described : OTHER_FIELDS;
  };

  it('makes no 5xx', async () => {
    expect(targets.length).toBeGreaterThan(15);
    const requests = fc.sample(
      fc.constantFrom(...targets).chain(({ method, path, fields }) =>
        fc
          .dictionary(fc.constantFrom('anything', ...fields, ...MAGIC), values, {
            maxKeys: 4,
          })
          .map((body) => ({ method, path, body })),
      ),
      { seed: SEED, numRuns: REQUESTS },
    );
    const failures: unknown[] = [];
    const headers = { authorization: `Bearer ${service.adminToken}` };
    const worker = async (from: number): Promise<void> => {
      for (let index = from; index < requests.length; index += AT_ONCE) {
        const request = requests[index];
        if (request === undefined) continue;
        const { path, ...options } = request;
        const answer = await service.request(
          path,
          path.startsWith('/v1') ? options : { ...options, as: null, headers },
        );
        if (answer.status >= 500) failures.push({ ...request, status: answer.status });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => worker(index)));
    expect(failures.slice(0, 5)).toEqual([]);
    expect(service.logs()).not.toContain('"http.failed"');
  }, 600_000);
});
