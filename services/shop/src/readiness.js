const FRESH_MS = 1000;

/**
 * Return the question whether each table answers: a function to `{ name: true | false }`.
 *
 * `probes` are functions that read from one table each, by name. However often it is asked, each table is read at most
 * once a second, and by one caller at a time: a flood of questions never becomes a flood of reads. `failed` is told
 * the name and the error of a probe that failed.
 */
export function createReadiness(probes, { now = Date.now, failed = () => {} } = {}) {
  let asked = -Infinity;
  let answer;
  return () => {
    if (now() - asked < FRESH_MS) return answer;
    asked = now();
    answer = look(probes, failed);
    return answer;
  };
}

async function look(probes, failed) {
  const looks = Object.entries(probes).map(async ([name, probe]) => {
    try {
      await probe();
      return [name, true];
    } catch (error) {
      failed(name, error);
      return [name, false];
    }
  });
  return Object.fromEntries(await Promise.all(looks));
}
