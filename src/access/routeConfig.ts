/** What routes of people and keys say of themselves. */

/** Where they stand in the description of the API. */
export const peopleTags = ['people'];

export const forAdministrators = { scope: 'admin' } as const;

/** Changes who may do what, or with which secrets: the last proof must be recent. */
export const sensitive = { scope: 'admin', isSensitive: true } as const;
