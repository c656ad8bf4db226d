/** Loaded into the service by `npm run dev`: were dev killed without a chance to stop it, the service would hold on to its port. */
process.channel?.unref();
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
