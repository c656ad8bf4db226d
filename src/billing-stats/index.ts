export { BillingStatsModule } from './billing-stats.module.js';
export { ownAmountOf } from './count-call.js';
export { ForgetFigures } from './forget-figures.js';
export { GROUPINGS, ReadStats, type Grouping, type StatsQuestion, type StatsRow } from './read-stats.js';
export { Recount, type RecountReport } from './recount.js';
