export { TextsModule } from './texts.module.js';
export { billedLegsOfTexts, billedTexts, type BilledText } from './billed-texts.js';
export { ForgetTexts } from './forget-texts.js';
export {
  areWordsKept,
  FindTexts,
  TEXT_SIDES,
  type FoundNotice,
  type FoundText,
  type FoundTextLeg,
  type TextSide,
} from './find-texts.js';
export { stateOfText, TEXT_STATES, type TextState } from './text-state.js';
export type { TextSearch } from './search-texts.js';
export { PurgeTexts } from './purge-texts.js';
export { PriceTexts } from './price-texts.js';
export { SweepTexts } from './sweep-texts.js';
export { nextTexts, textFigures, type TextFigures } from './text-figures.js';
export { FindOptOuts } from './find-opt-outs.js';
export { NoteOptOuts } from './note-opt-outs.js';
export * from './texts.events.js';
