export { proofOf } from './ask-identity.js';
export { unreadable } from './checks/settings.js';
export { DoctorModule } from './doctor.module.js';
export { CHECK_NAMES, examine, type CheckName, type CheckResult } from './examine.js';
export { Examination } from './examination.js';
export { VERDICTS } from './finding.js';
export { patientFromOutside } from './patient.js';
