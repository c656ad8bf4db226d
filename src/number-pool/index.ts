export { NumberPoolModule } from './number-pool.module.js';
export { AddNumber } from './add-number.js';
export { AllocateNumber } from './allocate-number.js';
export { ChangeNumber } from './change-number.js';
export { claimForStrangers, claimParty, type AllocationRequest } from './claim-number.js';
export { hasSpellings, lineOfAccount, ownerOfNumber, pooledAmong, subaccountOfNumber } from './find-numbers.js';
export { CountNumbers, hasNumbers } from './count-numbers.js';
export {
  coolingOff,
  extendHold,
  keepPlaces,
  forgetClaims,
  forgetHolds,
  releaseHold,
  releaseHolds,
  releaseParty,
  releaseStrangers,
} from './hold-number.js';
export { countLeads, type LeadCount } from './count-leads.js';
export { leadOf, LEADS, textLeadOf, type LeadsTo } from './lead.js';
export { FollowListing, type ListingNews, type SyncResult } from './follow-listing.js';
export { ForecastPool, type CountryForecast } from './forecast-pool.js';
export { ImportNumbers } from './import-numbers.js';
export { LendNumber } from './lend-number.js';
export { ListNumbers, type NumberPage } from './list-numbers.js';
export { LONGEST_PIN, longestPin } from './longest-pin.js';
export { MeasureNumbers } from './measure-numbers.js';
export {
  ImportRefused,
  InvalidNumber,
  ListingRefused,
  NumberInUse,
  NumberPoolExhausted,
  NumberTaken,
  OpenSessionPerNumber,
  PinTaken,
  TextsNotPossible,
  UnknownNumber,
  UnknownSubaccount,
} from './number-pool.errors.js';
export { NumberAssigned, NumberReleased, PoolRanLow } from './number-pool.events.js';
export { numbersOf } from './numbers-of.js';
export { readNumberRows } from './number-rows.js';
export { numbersFor, PlanPool, type PoolPlan } from './plan-pool.js';
export { PoolFigures, type PoolFigure } from './pool-figures.js';
export { PoolRefusals } from './pool-refusals.js';
export { pooledNumber, type PooledNumber } from './pooled-numbers.js';
export { PurgeStrangers } from './purge-strangers.js';
export { ReadingCountries } from './reading-countries.js';
export { ReadListing } from './read-listing.js';
export { RemoveNumber } from './remove-number.js';
export { SearchNumbers } from './search-numbers.js';
export { forgetParty, holderOf, numbersOfParty, type Place, renameParty } from './rename-party.js';
export { EnqueueNumberSync, SyncNumbers } from './sync-numbers.js';
export { TakePoolLoad } from './take-pool-load.js';
export {
  addOptFact,
  isSilent,
  listOptOuts,
  numbersToAvoid,
  optFactOf,
  optFactsOf,
  optOutOf,
  placeKey,
  removeOptOuts,
  renameOptedOut,
  settleOptFact,
  silentPlaces,
  type TextPlace,
} from './text-opt-outs.js';
export type { TextOptOut } from './text-opt-out.entity.js';
export { canText, hasMedia, requireTextRoute } from './text-route.js';
export { TEXTING } from './texting.js';
export { TellListingNews } from './tell-listing-news.js';
export { untouchedNumbers } from './untouched-numbers.js';
export { WatchPool } from './watch-pool.js';
export { ASSIGNMENTS, PIN_ASSIGNMENTS, type ShownStatus, type VirtualNumberStatus } from './virtual-number.entity.js';
