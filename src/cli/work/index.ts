/**
 * What commands do with the service's own modules. It is part of the service's text, which a command loads when it needs it; so nothing of the command line
 * imports it but by type.
 */
export { keyStatus, rotateKeys } from './keys.js';
export { planPool } from './plan-pool.js';
export { addOperator, listOperators, removeOperator, rotateOperator } from './operators.js';
export { verifyAudit } from './verify-audit.js';
