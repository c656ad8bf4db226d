import { openForReading } from './data-source.js';
import { examine, patientFromOutside, unreadable, type CheckResult } from './doctor/index.js';
import { lookForMove } from './move/index.js';
import { Clock } from './platform/clock.js';
import { ConfigProblems, readConfig, type Config } from './platform/settings/config.js';
import { KeptAdvance } from './simulator/index.js';

export interface Examined {
  checks: CheckResult[];
  /** 0 nothing found, 1 something found, 3 settings unreadable. */
  exitCode: 0 | 1 | 3;
}

/** What `masking doctor` tells of the installation of these settings, whether it runs or not. Nothing is changed. */
export async function examineInstallation(env: NodeJS.ProcessEnv): Promise<Examined> {
  let config: Config;
  try {
    config = readConfig(env, false);
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error;
    return { checks: unreadable(error.problems).map((finding) => ({ name: 'settings', ...finding })), exitCode: 3 };
  }
  const clock = clockOf(config);
  const patient = await patientFromOutside({
    config,
    clock,
    open: () => openForReading(config.database),
    lookForMove,
  });
  try {
    const checks = await examine(patient);
    const isTrouble = checks.some(({ verdict }) => verdict === 'warning' || verdict === 'failed');
    return { checks, exitCode: isTrouble ? 1 : 0 };
  } finally {
    await patient.close();
  }
}

/** What was stored while the simulator's clock was ahead bears its time. */
function clockOf({ provider, dataDir }: Config): Clock {
  const clock = new Clock();
  if (provider.kind === 'simulator') clock.advance(new KeptAdvance(dataDir).read());
  return clock;
}
