export { SessionsModule } from './sessions.module.js';
export { CountSessions } from './count-sessions.js';
export { EndForErasure } from './end-for-erasure.js';
export { EndSession } from './end-session.js';
export { ExpireDueSessions } from './expire-due-sessions.js';
export { rewriteUrls, sessionsWithDigits } from './erase-from-urls.js';
export { FindRoute, SEAT, type Route, type Seat } from './find-route.js';
export {
  FIRST_ENDED,
  forgetInteractions,
  forgetSessions,
  hasSession,
  nextEnded,
  type EndedSession,
} from './forget-sessions.js';
export { FindStrangers, type StrangerService } from './find-strangers.js';
export { FindSession, FindSessionById, hasSessions, subaccountOf } from './find-session.js';
export { ImportSessions, type ImportResult } from './import-sessions.js';
export { IMPORTABLE, ReadImported } from './imported-session.js';
export type { Interaction } from './interaction.entity.js';
export {
  chargeCall,
  inProgressAmong,
  IN_PROGRESS,
  isInProgress,
  lockSession,
  noteInteraction,
  noteRecording,
  openInteraction,
} from './interactions.js';
export { nextOpened, type OpenedSession } from './opened-sessions.js';
export { LATE_TEXT_MS } from './session-hold.js';
export { isLive, SessionRecords, type ExpiredSession, type SessionRecord } from './session-record.js';
export {
  countSessionsOfParty,
  FIRST_OF_PARTY,
  forgetPlacesOf,
  holdOfParty,
  nextOfParty,
  sessionsOfParty,
  type PartyUntil,
} from './sessions-of-party.js';
export { readTimeRange, timeFilters, timeParameters } from './time-range.js';
export { parseTimestamp } from './timestamps.js';
export { SearchSessions, virtualNumbersOf, type FoundSession } from './search-sessions.js';
export { ReadTextTotals, type TextTotals } from './text-totals.js';
export { NEVER } from './session.entity.js';
export { UpdateSession } from './update-session.js';
export type { SessionAnswer, SessionFace } from './session-answer.js';
export { interactionMembers, sessionMembers } from './session-schema.js';
export { SessionAlreadyExpired, SessionsRefused } from './sessions.errors.js';
export * from './sessions.events.js';
