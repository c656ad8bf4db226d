import { Injectable } from '@nestjs/common';
import { Metrics } from '../platform/metrics.js';
import type { Counts, Histograms } from '../platform/series.js';

/** What we ask of Plivo, by the first word of the path. Anything else would be a path that we do not know, and so no label. */
const RESOURCES = ['Account', 'Application', 'Call', 'Message', 'Number', 'Recording', 'Subaccount'] as const;
const CLASSES = ['none', '2xx', '3xx', '4xx', '5xx'] as const;
/** Nothing that is refused so is granted when it is asked again: the token is another one. */
const UNAUTHORIZED = '401';

/** What operators watch of our requests to Plivo. */
@Injectable()
export class PlivoMetrics {
  private readonly requests: Counts;
  private readonly seconds: Histograms;

  constructor(metrics: Metrics) {
    this.requests = metrics.counts({
      name: 'masking_plivo_requests_total',
      help: 'Requests to the REST API of Plivo, repetitions too, by class of the status, 401 apart; none: no answer came.',
      labels: ['resource', 'status_class'],
      known: RESOURCES.flatMap((resource) => [...CLASSES, UNAUTHORIZED].map((each) => [resource.toLowerCase(), each])),
    });
    this.seconds = metrics.histograms({
      name: 'masking_plivo_request_seconds',
      help: 'How long the REST API of Plivo took to answer, or not to.',
      labels: ['resource'],
      known: RESOURCES.map((resource) => [resource.toLowerCase()]),
      limits: [0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    });
  }

  answered(resource: string, status: number, seconds: number): void {
    // The account itself has no word of its own in the path.
    const known = RESOURCES.find((each) => each === (resource || 'Account'))?.toLowerCase() ?? 'other';
    this.requests.of(known, classOf(status)).add();
    this.seconds.of(known).observe(seconds);
  }
}

function classOf(status: number): string {
  if (status === 401) return UNAUTHORIZED;
  return CLASSES[Math.max(0, Math.floor(status / 100) - 1)] ?? 'none';
}
