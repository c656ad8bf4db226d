export { PeopleModule } from './people.module.js';
export {
  ExportPerson,
  type ExportedCall,
  type ExportedSession,
  type ExportedText,
  type ExportedTraces,
} from './export-person.js';
export { FindPerson } from './find-person.js';
export { isAbout } from './is-about.js';
export { OrderErasure, type ShownErasure } from './order-erasure.js';
