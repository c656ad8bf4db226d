import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '../platform/metrics.js';
import type { Count, Durations } from '../platform/series.js';

const CLASSES = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const LIMITS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Plivo waits longer, and nobody who waits for a phone to ring does. */
const WEBHOOK_LIMITS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];
const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
const WEBHOOKS = '/plivo/:authId/';
const OUTCOMES = ['accepted', 'refused', 'failed'] as const;

/** What is kept for a webhook's route, so that nothing is looked up by name when one comes. */
interface Webhook {
  seconds: Durations;
  outcomes: Record<(typeof OUTCOMES)[number], Count>;
}

/** Times every request by the pattern of its route, and counts what becomes of Plivo's webhooks. Added before the routes are. */
export function watchHttp(instance: FastifyInstance, metrics: Metrics): void {
  const requests = metrics.histograms({
    name: 'http_request_duration_seconds',
    help: "How long requests took, by the pattern of their route (none: there is no such path) and the class of the answer's status.",
    labels: ['method', 'route', 'status_class'],
    limits: LIMITS,
  });
  const webhookOf = webhooks(instance, metrics);
  instance.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done) => {
    const seconds = reply.elapsedTime / 1000;
    const route = request.routeOptions.url ?? 'none';
    const method = METHODS.has(request.method) ? request.method : 'other';
    requests.of(method, route, CLASSES[Math.floor(reply.statusCode / 100)] ?? 'none').observe(seconds);
    const webhook = webhookOf(route);
    if (webhook !== undefined) {
      webhook.seconds.observe(seconds);
      webhook.outcomes[outcomeOf(reply.statusCode)].add();
    }
    done();
  });
}

function webhooks(instance: FastifyInstance, metrics: Metrics): (route: string) => Webhook | undefined {
  const counts = metrics.counts({
    name: 'masking_plivo_webhooks_total',
    help: "Webhooks by what they tell: accepted, refused (not taken for Plivo's: 403) or failed (anything else but 2xx).",
    labels: ['type', 'outcome'],
  });
  const seconds = metrics.histograms({
    name: 'masking_plivo_webhook_seconds',
    help: 'How long webhooks took to be answered, by what they tell.',
    labels: ['type'],
    limits: WEBHOOK_LIMITS,
  });
  const byRoute = new Map<string, Webhook>();
  instance.addHook('onRoute', ({ url }) => {
    if (!url.startsWith(WEBHOOKS)) return;
    const type = typeOf(url);
    const [accepted, refused, failed] = OUTCOMES.map((outcome) => counts.of(type, outcome)) as [Count, Count, Count];
    byRoute.set(url, { seconds: seconds.of(type), outcomes: { accepted, refused, failed } });
  });
  return (route) => byRoute.get(route);
}

/** The words of the pattern that stand for themselves: `answer`, `sessions-calls-dial`. */
function typeOf(route: string): string {
  const words = route.slice(WEBHOOKS.length).split('/');
  return words.filter((word) => word !== '' && !word.startsWith(':')).join('-');
}

function outcomeOf(status: number): (typeof OUTCOMES)[number] {
  if (status === 403) return 'refused';
  return status < 300 ? 'accepted' : 'failed';
}
