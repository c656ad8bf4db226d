export { BillingStatsModule } from './billing-stats.module.js';
export { CompareInvoice, type InvoiceComparison, type LegSum } from './compare-invoice.js';
export { RecountDiffered } from './billing-stats.events.js';
export { ownAmountOf } from './count-call.js';
export { ForgetFigures } from './forget-figures.js';
export { GROUPINGS, type Grouping, type StatsRow } from './group-stats.js';
export { ReadStats, type StatsQuestion } from './read-stats.js';
export { ReadCallMoney, type CallMoney } from './read-call-money.js';
export { Recount, type RecountReport } from './recount.js';
