import { EXIT, Failure } from '../failure.js';
import { plain } from '../output.js';

export interface Credentials {
  auth_id: string;
  auth_token: string;
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

const WITHIN_MS = 60_000;

/** The public API, as a customer's program asks it, and the control API of the simulator, as the phones' page does. */
export class AskSimulator {
  constructor(
    private readonly url: string,
    private readonly stopped: AbortSignal,
  ) {}

  control(method: string, path: string, body?: object): Promise<Answer> {
    return this.send(method, `/simulator/control${path}`, body, {});
  }

  sessions(
    { auth_id: id, auth_token: token }: Credentials,
    method: string,
    path: string,
    body?: object,
  ): Promise<Answer> {
    const authorization = `Basic ${Buffer.from(`${id}:${token}`).toString('base64')}`;
    return this.send(method, `/v1/Account/${id}/Masking/Session/${path}`, body, { authorization });
  }

  private async send(
    method: string,
    path: string,
    body: object | undefined,
    headers: Record<string, string>,
  ): Promise<Answer> {
    try {
      const answer = await fetch(this.url + path, {
        method,
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        redirect: 'manual',
        signal: AbortSignal.any([this.stopped, AbortSignal.timeout(WITHIN_MS)]),
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
    } catch (error) {
      if (this.stopped.aborted) throw new Failure('stopped: what was made stays', EXIT.partlyDone);
      const { name, cause } = error as { name?: string; cause?: { code?: unknown } };
      throw new Failure(
        `${method} ${this.url} was not answered (${plain(String(cause?.code ?? name))})`,
        EXIT.notReachable,
      );
    }
  }
}

/** Throws where the answer is a refusal; what was sent is not repeated. */
export function expectDone(what: string, { status, body }: Answer): Record<string, unknown> {
  if (status < 300) return body;
  const said =
    [body['detail'], body['error'], body['code']].find((one) => typeof one === 'string') ?? 'no reason given';
  throw new Failure(`${what} was refused (${status}): ${plain(String(said)).slice(0, 300)}`);
}
