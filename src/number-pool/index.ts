export { NumberPoolModule } from './number-pool.module.js';
export { AddNumber } from './add-number.js';
export {
  AllocateNumber,
  claimForStrangers,
  claimParty,
  type AllocationRequest,
  type PartyRole,
} from './allocate-number.js';
export { ChangeNumber } from './change-number.js';
export { ownerOfNumber } from './find-numbers.js';
export { FollowListing, type SyncResult } from './follow-listing.js';
export { extendHold, releaseHold, releaseParty, releaseStrangers } from './hold-number.js';
export { ImportNumbers } from './import-numbers.js';
export { ListNumbers } from './list-numbers.js';
export { NumberPoolExhausted } from './number-pool.errors.js';
export { NumberAssigned, NumberReleased } from './number-pool.events.js';
export { readNumberRows } from './number-rows.js';
export { PoolFigures, type PoolFigure } from './pool-figures.js';
export { PoolRefusals } from './pool-refusals.js';
export { pooledNumber, type PooledNumber } from './pooled-numbers.js';
export { ReadListing } from './read-listing.js';
export { RemoveNumber } from './remove-number.js';
export { EnqueueNumberSync, SyncNumbers } from './sync-numbers.js';
export { ASSIGNMENTS, PIN_ASSIGNMENTS, type VirtualNumber, type VirtualNumberStatus } from './virtual-number.entity.js';
