/** SQL that tells by which cause a delivery needs a person. */

/**
 * The problem without what is of one alert only: ids, times, and numbers of three digits or more. "Tier 2" stays: it is a
 * name.
 */
const folded = (problem: string): string =>
  `regexp_replace(coalesce(${problem}, ''), '[[:xdigit:]]{8}-[[:xdigit:]-]{27}|\\m[[:xdigit:]]{12,}\\M|\\d+(:\\d\\d)+|\\d{3,}', '#', 'g')`;

/** An id of the cause of the delivery `d`, whose problem is `problem`. */
export const causeIdSql = (d: string, problem: string): string =>
  `md5(concat_ws('|', ${d}.channel_id, ${d}.standing, coalesce(${d}.reason, ''), ${folded(problem)}))`;
