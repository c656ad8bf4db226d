import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { createRequest, getRequest } from './requests.mjs';

const PARTIES = 300;
const IN_FLIGHT = 32;
/** One pair in ten is asked for at both processes at the same moment. */
const TWICE = 10;
const PATIENCE_MS = 5_000;
const GIVES_UP_MS = 60_000;

/**
 * Creates of many pairs of few people by clients of two processes, as a customer's program does it: what has no answer within five seconds, or a 5xx, is repeated at the other
 * process, until it is acknowledged.
 */
export class Creates {
  constructor({ origins, wanted, say }) {
    Object.assign(this, { origins, wanted, say });
    this.agent = new Agent({ connections: IN_FLIGHT * 2, pipelining: 1 });
    this.acknowledged = [];
    /** Instants of successes, by process. */
    this.successes = origins.map(() => []);
    this.refused = new Map();
    this.next = 0;
    this.notSame = 0;
    this.given = [];
    this.startedAt = 0;
    this.endedAt = 0;
  }

  async run() {
    this.startedAt = performance.now();
    await Promise.all(Array.from({ length: IN_FLIGHT }, (_, worker) => this.work(worker)));
    this.endedAt = performance.now();
  }

  get done() {
    return this.acknowledged.length;
  }

  async reached(share) {
    while (this.done < share * this.wanted) await delay(50);
  }

  async forMs(milliseconds) {
    await delay(milliseconds);
  }

  async work(worker) {
    while (this.next < this.wanted) {
      const n = this.next++;
      const at = worker % this.origins.length;
      if (n % TWICE !== 0) await this.create(n, at);
      else {
        const [one, other] = await Promise.all([this.create(n, at), this.create(n, at === 0 ? 1 : 0, false)]);
        if (one !== null && other !== null && one !== other) this.notSame += 1;
      }
    }
  }

  /** The session's id; null when it was given up. */
  async create(n, place, isCounted = true) {
    const giveUpAt = performance.now() + GIVES_UP_MS;
    for (let at = place; performance.now() < giveUpAt; at = at === 0 ? 1 : 0) {
      const sentAt = performance.now();
      const told = await this.send(pairRequest(n), this.origins[at]);
      if (told.status === 201) {
        const now = performance.now();
        this.successes[at].push(now);
        const { session_uuid: id, virtual_number: number } = JSON.parse(told.text);
        if (isCounted) this.acknowledged.push({ n, id, number, tookMs: now - sentAt });
        return id;
      }
      const word = told.status === 0 ? told.text : `${told.status} ${codeOf(told.text)}`;
      this.refused.set(word, (this.refused.get(word) ?? 0) + 1);
      await delay(20 + Math.random() * 80);
    }
    this.given.push(n);
    return null;
  }

  async send({ path, ...options }, origin) {
    try {
      const { statusCode, body } = await request(origin + path, {
        ...options,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { status: statusCode, text: await body.text() };
    } catch (error) {
      return { status: 0, text: error.name === 'TimeoutError' ? 'no answer in 5 s' : (error.code ?? error.name) };
    }
  }

  get(id, origin) {
    return this.send(getRequest({ id }), origin);
  }
}

function codeOf(text) {
  try {
    const { error_code: code } = JSON.parse(text);
    return code ?? '';
  } catch {
    return '';
  }
}

/** The n-th of 89,700 ordered pairs, in an order in which one person comes again and again within few creates. */
export function pairOf(n) {
  const step = (n * 7_919) % (PARTIES * (PARTIES - 1));
  const first = step % PARTIES;
  const second = (first + 1 + Math.floor(step / PARTIES)) % PARTIES;
  return { first: phone(first), second: phone(second) };
}

function phone(index) {
  return `1212550${String(index).padStart(4, '0')}`;
}

function pairRequest(n) {
  const { first, second } = pairOf(n);
  return { ...createRequest(0), body: JSON.stringify({ first_party: `+${first}`, second_party: `+${second}` }) };
}
