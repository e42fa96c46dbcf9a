/** What `npm run doctor -- --help` prints. */
export const help = `npm run doctor -- [options]      checks that the app may and can do what it has to

It looks from this machine first, then asks the app, which alone knows what its identity may do and what its network
reaches. Nothing is fetched, imported or written into a mailbox. docs/doctor.md says what each line means.

  --in-scope ADDRESS      a mailbox that is to get chats: must be found and read
  --out-of-scope ADDRESS  a mailbox that the app must not reach: must be refused
  --wait SECONDS          how long the app may take to begin                    (default 120)
  --json                  one JSON document at the end, for scripts

Which storage (one of these; without any, that of the npm start that is running):
  --account NAME          a storage account in Azure, as whoever is signed in (az login)
  --connection TEXT       a connection string; better in the environment variable AZURE_STORAGE_CONNECTION_STRING
  --start NAME            the npm start of this folder's name, where several are running
  --state DIR             where npm start keeps everything                      (default .local in the project's folder)

Exit codes: 0 nothing is wrong, 1 something is, 2 the command line is wrong.
`;
