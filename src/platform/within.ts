/** What `work` comes to; when it takes longer than `limitMs`, what `late` returns or throws. The work goes on all the same, and what becomes of it then nobody hears. */
export async function within<T, Late = T>(
  limitMs: number,
  work: Promise<T>,
  late: () => Late,
): Promise<T | Awaited<Late>> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  try {
    return await Promise.race([work, limit.then(late)]);
  } finally {
    clearTimeout(timer);
  }
}
