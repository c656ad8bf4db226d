import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { PlivoModule } from '../plivo/index.js';
import { AddNumber } from './add-number.js';
import { AllocateNumber } from './allocate-number.js';
import { ChangeNumber } from './change-number.js';
import { CountNumbers } from './count-numbers.js';
import { FollowListing } from './follow-listing.js';
import { ForgetNumber } from './forget-number.js';
import { ImportNumbers } from './import-numbers.js';
import { LendNumber } from './lend-number.js';
import { ListNumbers } from './list-numbers.js';
import { MeasureNumbers } from './measure-numbers.js';
import { NumberResourceController } from './number-resource.controller.js';
import { OwnCountries } from './own-countries.js';
import { PoolFigures } from './pool-figures.js';
import { PoolRefusals } from './pool-refusals.js';
import { PurgeStrangers } from './purge-strangers.js';
import { ReadingCountries } from './reading-countries.js';
import { ReadListing } from './read-listing.js';
import { RemoveNumber } from './remove-number.js';
import { SearchNumbers } from './search-numbers.js';
import { ShowNumbers } from './show-numbers.js';
import { TakePoolLoad } from './take-pool-load.js';
import { ForecastPool } from './forecast-pool.js';
import { PlanPool } from './plan-pool.js';
import { TellListingNews } from './tell-listing-news.js';
import { WatchPool } from './watch-pool.js';
import { EnqueueNumberSync, SyncNumbers } from './sync-numbers.js';

const useCases = [
  AllocateNumber,
  AddNumber,
  ImportNumbers,
  ChangeNumber,
  RemoveNumber,
  LendNumber,
  ListNumbers,
  PoolFigures,
  PoolRefusals,
  PurgeStrangers,
  ReadingCountries,
  ReadListing,
  FollowListing,
  TellListingNews,
  SyncNumbers,
  EnqueueNumberSync,
  MeasureNumbers,
  TakePoolLoad,
  WatchPool,
  PlanPool,
  ForecastPool,
  CountNumbers,
  SearchNumbers,
];

@Module({
  imports: [AccountsModule, PlivoModule],
  controllers: [NumberResourceController],
  providers: [...useCases, ForgetNumber, OwnCountries, ShowNumbers],
  exports: useCases,
})
export class NumberPoolModule {}
