import type { Tx } from '../../db/database.ts';

/** True when there was room in the window that ends now; one statement, so that no two callers share the last place. */
export async function takeGuess(
  tx: Tx,
  key: string,
  { most, windowSeconds }: { most: number; windowSeconds: number },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into guesses as g (key, times, last_at) values ($1, array[clock_timestamp()], clock_timestamp())
     on conflict (key) do update
        set times = array(select t from unnest(g.times) as t
                           where t > clock_timestamp() - make_interval(secs => $3)) || clock_timestamp(),
            last_at = clock_timestamp()
      where (select count(*) from unnest(g.times) as t where t > clock_timestamp() - make_interval(secs => $3)) < $2`,
    [key, most, windowSeconds],
  );
  return rowCount === 1;
}

/** The newest guess does not count. */
export async function giveBackGuess(tx: Tx, key: string): Promise<void> {
  await tx.query(
    'update guesses set times = trim_array(times, 1) where key = $1 and cardinality(times) > 0',
    [key],
  );
}

export async function forgetGuesses(tx: Tx, key: string): Promise<void> {
  await tx.query('delete from guesses where key = $1', [key]);
}
