import { createRequire } from 'node:module';

/** What the official SDK makes of an answer: keys in camel case, values as they came. */
export type SdkAnswer = Record<string, unknown> & {
  message?: string;
  sessionUuid?: string;
  virtualNumber?: string;
  session?: Record<string, unknown>;
  response?: Record<string, unknown> & { meta?: Record<string, unknown>; objects?: Record<string, unknown>[] };
};

/** The error that the SDK rejects with. */
export interface SdkError extends Error {
  status: number;
  apiID: string;
}

interface MaskingSessions {
  createMaskingSession(first: string | null, second: string | null, params?: object): Promise<SdkAnswer>;
  getMaskingSession(uuid: string): Promise<SdkAnswer>;
  listMaskingSession(params?: object): Promise<SdkAnswer>;
  updateMaskingSession(uuid: string, params?: object): Promise<SdkAnswer>;
  deleteMaskingSession(uuid: string): Promise<SdkAnswer>;
}

/** What the SDK makes of the other resources. */
export type SdkObject = Record<string, unknown>;
type SdkList = SdkObject[] & { meta: { limit: number; offset: number; totalCount: number; next: string | null } };
interface Readable {
  get(id?: string): Promise<SdkObject>;
  list(params?: object): Promise<SdkList>;
}

interface SdkClient {
  maskingSession: MaskingSessions;
  accounts: { get(): Promise<SdkObject> };
  calls: Readable;
  numbers: Readable;
  recordings: Readable & { delete(id: string): Promise<unknown> };
}

/** What went over the wire. */
export interface SentRequest {
  method: string;
  /** Path and query, as the SDK wrote them. */
  path: string;
  body: string;
}

interface AxiosConfig {
  url?: string;
  method?: string;
  data?: unknown;
}
type Adapter = (config: AxiosConfig) => Promise<unknown>;
interface Axios {
  defaults: { adapter: unknown };
  getAdapter(adapters: unknown, config: AxiosConfig): Adapter;
}

const require = createRequire(import.meta.url);
const sdk = require('plivo') as {
  Client: new (authId: string, authToken: string) => SdkClient;
};
const axios = createRequire(require.resolve('plivo'))('axios') as Axios;
const COMPILED_IN_HOST = /^https:\/\/api\.plivo\.com/;

/**
 * The official SDK, unchanged but for where its requests go: its masking calls have their host compiled in, so its own HTTP client is told the
 * other base URL. `sent` gathers what the SDK sends. `restore` undoes the pointing.
 */
export function plivoSdkAt(baseUrl: string, credentials: { authId: string; authToken: string }) {
  const before = axios.defaults.adapter;
  const sent: SentRequest[] = [];
  axios.defaults.adapter = ((config) => {
    const url = (config.url ?? '').replace(COMPILED_IN_HOST, baseUrl);
    sent.push({
      method: (config.method ?? '').toUpperCase(),
      path: url.slice(baseUrl.length),
      body: typeof config.data === 'string' ? config.data : '',
    });
    return axios.getAdapter(before, config)({ ...config, url });
  }) satisfies Adapter;
  const client = new sdk.Client(credentials.authId, credentials.authToken);
  return {
    client,
    sessions: client.maskingSession,
    sent,
    restore: (): void => void (axios.defaults.adapter = before),
  };
}
