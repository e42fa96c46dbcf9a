/** Enough of a file's beginning to tell what it is. */
export const headInBytes = 64 * 1024;
