export { move, undoMove, type Moved, type MoveOrder } from './move.js';
export { lookForMove, whyMoved } from './why-moved.js';
