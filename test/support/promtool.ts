import { spawnSync } from 'node:child_process';

/** Prometheus' own judge of metrics and rules; null on a developer's machine without it, where its facts are skipped with a sentence. CI must have it. */
export function findPromtool(): ((args: string[], input?: string) => { status: number | null; output: string }) | null {
  const isThere = spawnSync('promtool', ['--version'], { encoding: 'utf8' }).status === 0;
  if (!isThere && process.env.CI)
    throw new Error('promtool is missing: .ci/run installs it with "apt-get install prometheus"');
  if (!isThere) {
    process.stderr.write(
      'No promtool on this machine: facts about metrics and alerts are skipped. "apt-get install prometheus" brings it.\n',
    );
    return null;
  }
  return (args, input = '') => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8', input });
    return { status, output: stdout + stderr };
  };
}
