import { Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { Config } from '../platform/settings/config.js';
import { urlRefusal } from '../platform/outgoing/url-refusal.js';
import { InvalidParameter } from '../platform/errors.js';
import { MissingParameter, UrlNotAllowed } from './sessions.errors.js';
import {
  CreateSessionDto,
  parameterAliases,
  parameterOrder,
  pinParameters,
  UpdateSessionDto,
} from './session-request.dto.js';

/** Turns a request body into a DTO. Tells one problem: mandatory parameters first, then the first wrong one in the reference's order. */
abstract class SessionBodyPipe<Dto extends UpdateSessionDto> implements PipeTransform<Record<string, unknown>, Dto> {
  constructor(
    private readonly config: Config,
    private readonly dto: new () => Dto,
  ) {}

  protected abstract requireMandatory(body: Record<string, unknown>): void;

  transform(body: Record<string, unknown>): Dto {
    const named: Record<string, unknown> = Object.fromEntries(Object.entries(body).map(flat));
    for (const [alias, name] of Object.entries(parameterAliases)) {
      if (isGiven(named[alias]) && !isGiven(named[name])) named[name] = named[alias];
    }
    // With PIN off nobody looks at what belongs to it.
    if (!isTrue(named.is_pin_authentication_required)) for (const name of pinParameters) delete named[name];
    this.requireMandatory(named);
    const request = plainToInstance(this.dto, named);
    this.refuseFirstProblem(request);
    this.refuseUnreachableUrls(request);
    return request;
  }

  private refuseFirstProblem(request: Dto): void {
    const [problem] = validateSync(request, { stopAtFirstError: true }).sort(
      (left, right) => placeOf(left) - placeOf(right),
    );
    const expiry = request.session_expiry;
    const isParty = problem?.property === 'first_party' || problem?.property === 'second_party';
    if (!isParty && expiry !== undefined && !this.allowsExpiry(expiry)) {
      throw new InvalidParameter('Invalid parameter. session_expiry is outside the allowed range', 'session_expiry');
    }
    if (problem)
      throw new InvalidParameter(Object.values(problem.constraints ?? {})[0] ?? 'Invalid parameter', problem.property);
  }

  /** What can be known of a callback URL now; what its name resolves to is looked at before each attempt. */
  private refuseUnreachableUrls(request: Dto): void {
    for (const param of ['recording_callback_url', 'callback_url', 'message_callback_url'] as const) {
      const url = request[param];
      const refusal = url === undefined ? null : urlRefusal(url, this.config.callbacks);
      if (refusal !== null) throw new UrlNotAllowed(refusal, param);
    }
  }

  private allowsExpiry(seconds: number): boolean {
    return seconds === 0 || (seconds >= 60 && seconds <= this.config.sessions.maxExpirySeconds);
  }
}

/**
 * No parameter is an object or a list, so all of them are equally wrong. class-transformer walks them and takes a `constructor` inside for a class,
 * which fails with a TypeError; so does making a text of one whose `toString` is no function.
 */
function flat([name, value]: [string, unknown]): [string, unknown] {
  return [name, typeof value === 'object' && value !== null ? {} : value];
}

/** Place in the reference's table: what is wrong further up is told first. The validator itself puts inherited properties last. */
function placeOf({ property }: ValidationError): number {
  return parameterOrder.indexOf(property as keyof CreateSessionDto);
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
const isTrue = (value: unknown): boolean => String(value).toLowerCase() === 'true';

@Injectable()
export class CreateSessionPipe extends SessionBodyPipe<CreateSessionDto> {
  constructor(config: Config) {
    super(config, CreateSessionDto);
  }

  protected override requireMandatory(body: Record<string, unknown>): void {
    const isSingle = isTrue(body.create_session_with_single_party);
    if (isSingle) {
      const isCallRequested = isTrue(body.initiate_call_to_first_party);
      if (!isGiven(body.first_party) && (!isGiven(body.second_party) || isCallRequested))
        throw new MissingParameter('first_party');
      if (!isGiven(body.second_party) && isCallRequested) throw new MissingParameter('second_party');
      return;
    }
    for (const name of ['first_party', 'second_party']) if (!isGiven(body[name])) throw new MissingParameter(name);
  }
}

@Injectable()
export class UpdateSessionPipe extends SessionBodyPipe<UpdateSessionDto> {
  constructor(config: Config) {
    super(config, UpdateSessionDto);
  }

  protected override requireMandatory(): void {
    // An update may name anything or nothing.
  }
}
