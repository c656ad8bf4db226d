import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import type { ApiFaults } from '../rules/faults.js';
import { Simulator } from '../simulator.js';
import { kindOf } from './api-requests.js';
import { ConnectionReset, RestRefusal } from './rest-errors.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by RestFaults: the media that answers this request breaks off in the middle. */
    isTruncated?: boolean;
  }
}

/** Lets the faults that somebody ordered strike the API: before it does what it was asked, or after. */
@Injectable()
export class RestFaults implements NestInterceptor {
  constructor(private readonly simulator: Simulator) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const fault = this.simulator.faults.strikeApi(kindOf(request));
    if (fault === null) return next.handle();
    request.isTruncated = fault.truncate;
    if (!fault.after_effect) {
      await this.strike(fault);
      return next.handle();
    }
    const answer: unknown = await lastValueFrom(next.handle());
    await this.strike(fault);
    return of(answer);
  }

  private async strike({ status, hang, reset, delay_ms: delayMs }: ApiFaults): Promise<void> {
    const { faults, timers } = this.simulator;
    // Lifting the faults ends a delay too: with the simulator closed, its timers never come.
    if (delayMs > 0) await Promise.race([timers.sleep(delayMs), faults.untilReleased()]);
    if (hang) await faults.untilReleased();
    if (reset) throw new ConnectionReset();
    if (status !== null) throw new RestRefusal(status, status === 429 ? 'rate limit exceeded' : 'server error');
  }
}
