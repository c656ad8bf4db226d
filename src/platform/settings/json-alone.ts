/** Whether nothing but JSON lines may be written. Known before the settings are read, and where they cannot be. */
export function isJsonAlone(env: NodeJS.ProcessEnv, isTerminal = process.stdout.isTTY): boolean {
  if (env['LOG_FORMAT']) return env['LOG_FORMAT'] === 'json';
  return env['NODE_ENV'] === 'production' && !isTerminal;
}
