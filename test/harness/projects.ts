/** The vitest project that runs a test file, by its name (vitest.config.ts). */
export const projectOf = (file: string): string => /\.(service|store)\.test\.ts$/.exec(file)?.[1] ?? 'fast';
