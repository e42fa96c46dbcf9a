/** Texts of the set-up's pages. */
export const setupTexts = {} as const;
