import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { PhoneNumber, PooledNumber, Range, SubaccountId } from './parameter-rules.js';
import { IsTimestamp, type Moment } from './timestamps.js';
import { warningsAbout } from '../platform/http/unknown-parameters.js';
import { wholeNumberIn } from '../platform/whole-number.js';

const toNumber = ({ value }: { value: unknown }): unknown => {
  if (value === '' || value === null) return undefined;
  return typeof value === 'string' ? (wholeNumberIn(value) ?? value) : value;
};

const OUT_OF_RANGE = { message: 'Invalid parameter. offset is outside the allowed range' };

/** Query of `GET .../Masking/Session/`; the filters combine with AND. Unknown names are ignored. */
export class ListSessionsDto {
  @ApiPropertyOptional({ description: 'Exact, with or without plus.' })
  @PhoneNumber()
  first_party?: string;

  @ApiPropertyOptional({ description: 'Exact, with or without plus.' })
  @PhoneNumber()
  second_party?: string;

  @ApiPropertyOptional({ description: 'Exact, with or without plus.' })
  @PooledNumber()
  virtual_number?: string;

  @ApiPropertyOptional({
    enum: ['active', 'in-progress', 'expired', 'all'],
    default: 'all',
    description: 'active includes in-progress.',
  })
  @Transform(({ value }) => (value === '' ? undefined : value))
  @IsOptional()
  @IsIn(['active', 'in-progress', 'expired', 'all'], {
    message: 'Invalid parameter. status allowed values are active, in-progress, expired or all',
  })
  status?: 'active' | 'in-progress' | 'expired' | 'all';

  @ApiPropertyOptional({
    description: 'UTC, `YYYY-MM-DD HH:MM[:ss[.uuuuuu]]` or ISO 8601; also with __gt, __gte, __lt, __lte.',
  })
  @IsTimestamp('created_time')
  created_time?: Moment;
  @IsTimestamp('created_time') created_time__gt?: Moment;
  @IsTimestamp('created_time') created_time__gte?: Moment;
  @IsTimestamp('created_time') created_time__lt?: Moment;
  @IsTimestamp('created_time') created_time__lte?: Moment;

  @ApiPropertyOptional({ description: 'As created_time.' })
  @IsTimestamp('expiry_time')
  expiry_time?: Moment;
  @IsTimestamp('expiry_time') expiry_time__gt?: Moment;
  @IsTimestamp('expiry_time') expiry_time__gte?: Moment;
  @IsTimestamp('expiry_time') expiry_time__lt?: Moment;
  @IsTimestamp('expiry_time') expiry_time__lte?: Moment;

  @ApiPropertyOptional({ description: 'Seconds; also with __gt, __gte, __lt, __lte.' })
  @Range(0, Number.MAX_SAFE_INTEGER)
  duration?: number;
  @Range(0, Number.MAX_SAFE_INTEGER) duration__gt?: number;
  @Range(0, Number.MAX_SAFE_INTEGER) duration__gte?: number;
  @Range(0, Number.MAX_SAFE_INTEGER) duration__lt?: number;
  @Range(0, Number.MAX_SAFE_INTEGER) duration__lte?: number;

  @ApiPropertyOptional({ minimum: 1, maximum: 20, default: 20, description: 'Moved into 1 to 20.' })
  @Transform(toNumber)
  @IsOptional()
  @IsInt({ message: 'Invalid parameter. limit is not a number' })
  limit?: number;

  @ApiPropertyOptional({ minimum: 0, default: 0, description: 'Counts items.' })
  @Transform(toNumber)
  @IsOptional()
  @IsInt({ message: 'Invalid parameter. offset is not a number' })
  @Min(0, OUT_OF_RANGE)
  @Max(Number.MAX_SAFE_INTEGER, OUT_OF_RANGE)
  offset?: number;

  @ApiPropertyOptional({ description: 'Auth ID of a subaccount.' })
  @SubaccountId()
  subaccount?: string;
}

/**
 * The filter names as they really arrive: the Node SDK turns `createdTimeEquals` into `created_times` and the documents' `created_time__gt`
 * into `created_time_gt`, as the Java SDK does; `session_duration` is the first edition's name.
 */
export function canonicalFilterName(name: string): string {
  const plain = name.replace(/^session_duration/, 'duration');
  const [, base, comparison] = /^(created_time|expiry_time|duration)(s|_?_(?:gt|gte|lt|lte))$/.exec(plain) ?? [];
  if (base === undefined || comparison === undefined) return plain === 'sub_account' ? 'subaccount' : plain;
  return comparison === 's' ? base : `${base}__${comparison.replaceAll('_', '')}`;
}

/** Every name that a list may have, as the documents write it. */
const LIST_PARAMETERS: ReadonlySet<string> = new Set([
  'first_party',
  'second_party',
  'virtual_number',
  'status',
  'limit',
  'offset',
  'subaccount',
  ...['created_time', 'expiry_time', 'duration'].flatMap((name) =>
    ['', '__gt', '__gte', '__lt', '__lte'].map((comparison) => name + comparison),
  ),
]);

export function warningsAboutList(query: Record<string, unknown>): { warnings?: string[] } {
  const unknown = Object.keys(query).filter((name) => !LIST_PARAMETERS.has(canonicalFilterName(name)));
  return warningsAbout(unknown, LIST_PARAMETERS);
}
