/** The stages of a Dockerfile that says what ours says: no ARG, no heredoc, CMD and HEALTHCHECK as lists. */
export function readDockerfile(text) {
  const stages = [];
  const joined = text.replaceAll(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  for (const line of joined.split('\n').filter((one) => one.trim() !== '')) {
    const [, name, rest] = /^(\w+)\s+(.*)$/.exec(line.trim());
    if (name === 'FROM') stages.push(newStage(rest, stages.length));
    else take(stages.at(-1), name, rest);
  }
  return stages;
}

function newStage(rest, number) {
  const [from, , name = String(number)] = rest.split(/\s+/);
  return { from, name, steps: [], env: {}, user: 'root', command: [], health: [] };
}

function take(stage, name, rest) {
  stage.steps.push({ name, rest });
  if (name === 'USER') stage.user = rest;
  if (name === 'CMD') stage.command = JSON.parse(rest);
  if (name === 'HEALTHCHECK') stage.health = JSON.parse(rest.slice(rest.indexOf('CMD') + 3));
  if (name === 'ENV') for (const pair of rest.split(/\s+/)) stage.env[pair.split('=')[0]] = pair.split('=')[1];
}
