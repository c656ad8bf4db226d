import type { Answer, PathOf } from '../api.ts';
import type { components } from '../api-types.ts';

type Schemas = components['schemas'];

export type Call = Schemas['Call'];
/** As sessions and searches show it: without what it cost. */
export type FoundCall = Schemas['FoundCall'];
export type Leg = FoundCall['legs'][number];
export type Outcome = NonNullable<FoundCall['outcome']>;
export type Session = Schemas['AdminSession'];
export type SessionWithTimeline = Schemas['AdminSessionWithTimeline'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type StatsRow = Schemas['StatsRow'];
export type PoolFigure = Schemas['PoolFigure'];
export type Findings = Schemas['Findings'];
export type RefusedWebhook = Schemas['RefusedWebhook'];
export type Me = Schemas['Me'];
export type Role = Me['role'];

/** `/admin/calls/{id}` as paths are that have its members filled in. */
type Filled<Path extends string> = Path extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${string}${Filled<After>}`
  : Path;
/** The route that is asked by `/calls/…`; where several fit, as `/callbacks/count` and `/callbacks/{id}`, the one without a gap. */
type RouteOf<Asked extends string> =
  `/admin${Asked}` extends PathOf<'get'>
    ? `/admin${Asked}`
    : { [Path in PathOf<'get'>]: `/admin${Asked}` extends Filled<Path> ? Path : never }[PathOf<'get'>];

/** What the admin API answers a GET of this path below `/admin`, by its OpenAPI document; never where it has no such route. */
export type AnswerAt<Asked extends string> = Answer<'get', RouteOf<Asked>>;
/** What one page of a list has of each. */
export type RowAt<Asked extends string> = AnswerAt<Asked> extends { items: readonly (infer Row)[] } ? Row : never;
