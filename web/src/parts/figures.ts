/** Figures as one says them. */
const figures = new Intl.NumberFormat('en');

export const figure = (n: number): string => figures.format(n);

/** "1 alert", "1,204 alerts". */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${figure(n)} ${n === 1 ? one : many}`;
