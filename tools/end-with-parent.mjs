/**
 * Ends this process as SIGTERM would when the one that started it is gone. npm hands a signal to the shell that it runs a script in, and that
 * keeps it; without this the service would run on, and hold on to its port. The same where `npm run dev` is killed.
 */
const LOOK_EVERY_MS = 500;

const parent = process.ppid;
const looking = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(looking);
  process.kill(process.pid, 'SIGTERM');
}, LOOK_EVERY_MS);
looking.unref();
