/** What `node local/operate/main.ts --help` prints. */
export const help = `node local/operate/main.ts <command> [options]      looks at drops and sets them going

  list                  every drop, open ones first, with its equation
  report DROP           the report of a drop, running or closed
    --gen N             of this generation                            (default the newest)
    --csv KIND          one of its tables as CSV: {kinds}
    --json              the whole of it as JSON
  dead [DROP]           work that was given up, with its reason; messages that are not ours too
  redrive [DROP]        sends work that was given up again, after its cause is mended
    --queue NAME        only of fetches, released, chats, partitions or mailboxes
    --id ID             only this piece, as the command dead names it
  release DROP          lets a drop go that the gate holds
  restart DROP          gives an open drop up that cannot go on, and begins its next generation from the evidence
  reprocess DROP        maps and imports a closed drop once more; what is in a mailbox is skipped
    --file ID           only this file; may be given several times
    --mailbox OID.EPOCH only this mailbox; may be given several times
    --item=KEY          only this item, by its import key; may be given several times

Which storage (one of these; without any, that of the npm start that is running):
  --start NAME          the npm start of this folder's name, where several are running
  --state DIR           where npm start keeps everything               (default .local in the project's folder)
  --connection TEXT     a connection string; better in the environment variable AZURE_STORAGE_CONNECTION_STRING
  --account NAME        a storage account in Azure, as whoever is signed in (az login, or a managed identity)

What changes something leaves a record in audit/ first, with who asked.
Exit codes: 0 done, 1 refused or failed, 2 the command line is wrong.
`;
