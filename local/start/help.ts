import { sampleFormats } from "../sample/sample-formats.ts";

/** What `npm start -- --help` prints. */
export const help = `npm start -- [options]      one day's drop, from the SFTP site to the mailboxes, on this machine

  --once               end when the drop is done: exit code 0 when every item is accounted for and none failed, else 1
  --fresh              forget what an earlier start with the same options left
  --state DIR          where everything is kept                        (default .local in the project's folder)
  --verbose            show every log line of the functions

The sample drop:
  --messages N         chat items, 20 to 5000000                       (default 500)
  --users N            people of our firm, 4 to 100000                 (default 24)
  --format F           ${Object.keys(sampleFormats).join(" | ")}             (default filedump-actiance)
  --seed S             another day with the same numbers               (default 1)

Your own data:
  --files DIR          drop files as they are, put on the local SFTP site; encrypted ones need --pgp-key
  --sftp URL           an SFTP site: sftp://user:password@host:port/folder; encrypted files need --pgp-key.
                       The password may be in the environment variable SFTP_PASSWORD instead
  --host-key SHA256:.. the fingerprint that the site's host key must have
  --ssh-key FILE       private key to sign in to the site with; its passphrase, if any, in SSH_PASSPHRASE
  --pgp-key FILE       armored private key; its passphrase, if any, in the environment variable PGP_PASSPHRASE
  --mapping FILE       CSV with the header ImId,Mailbox
  --directory FILE     JSON list of users: id, userPrincipalName, mail, proxyAddresses, displayName, mailbox ok|none|disabled;
                       without it everybody whom the mapping names has a mailbox
  --zone ZONE          time zone of the site's days                    (default Europe/London)
  --limit N            most items a site day may have, 0 = no limit    (default 200000)

What to keep:
  --export FILE        what the stand-in mailboxes hold at the end: Graph message JSON by user id and folder
  --requests FILE      each request to the stand-in Graph, as JSON Lines at the end of the file
`;
