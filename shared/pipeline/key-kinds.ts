/** Kinds of SSH keys that can be made. */
export const sshKeyKinds = ["ed25519", "rsa"] as const;
/** Kinds of PGP keys that can be made. */
export const pgpKeyKinds = ["rsa4096", "curve25519"] as const;
