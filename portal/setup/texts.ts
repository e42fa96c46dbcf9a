const day = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
    timeZoneName: "short",
  }).format(at);
const utc = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", weekday: "short", timeZone: "UTC" });
const plain = new Intl.NumberFormat("en-GB");
const lines = (count: number): string => (count === 1 ? "1 line" : `${plain.format(count)} lines`);

/** The texts of setting connectors up. */
export const setupTexts = {
  notWhole: "a whole number, without letters, e.g. 22",
  required: "Required",

  /** What the page calls the fields that the API names. */
  fieldNames: {
    hasAcceptedTerms: "Terms",
    name: "Name of the connector",
    feed: "Firm code",
    site: "SFTP site",
    "site.host": "SFTP site",
    "site.port": "Port",
    "site.user": "User name",
    "site.folder": "Folder",
    "site.hostKeys": "The server's host key",
    "site.include": "Files to fetch",
    "site.exclude": "Files to leave alone",
    "site.login": "How to sign in",
    zone: "Time zone",
    schedule: "Fetch",
    encryption: "Encryption",
    format: "Format",
    "secrets.sftp-password": "Password",
    "secrets.ssh-key": "SSH key",
    "secrets.pgp-key": "PGP key",
    "mapping.file": "Mapping file",
    "mapping.isAutomatic": "Find people by their own e-mail addresses",
    people: "Whose chats are imported",
    "people.file": "Hold list",
  },

  secretKinds: {
    "sftp-password": "Password",
    "ssh-key": "SSH key",
    "next-ssh-key": "Next SSH key",
    "pgp-key": "PGP key",
  },

  steps: {
    label: "Steps of the set-up",
    terms: "Terms",
    credentials: "Credentials",
    validation: "Validate",
    mapping: "Map users",
    review: "Review",
    done: "complete",
    open: "not complete yet",
    current: "this step",
  },

  wizard: {
    title: (step: string, name: string | undefined) =>
      name === undefined ? `Set up a connector: ${step}` : `Set up ${name}: ${step}`,
    crumb: "Connectors",
    back: "Back",
    next: "Continue",
    saved: "Everything is saved. You can leave at any time and go on later.",
    saving: "Saving",
    unsaved: "Some fields are not saved yet, because they are not right: see below.",
    failed: "Saving does not work at the moment. What you changed is kept in this window.",
    elsewhere:
      "Somebody else changed this set-up meanwhile. Their values are shown, and your last ones were saved over them.",
    errors: (count: number) => (count === 1 ? "One thing is missing yet" : `${count} things are missing yet`),
    skip: "Go on all the same and do it later",
    adminOnly: "Setting up a connector takes the role Connector.Admin.",
    noDraft: "Begin with a name",
    noDraftWhat:
      "This address names no set-up that was begun. Begin a new one, or choose one from the list of connectors.",
    begin: "Set up a connector",
    giveUp: "Give this set-up up",
    giveUpTitle: (name: string) => `Give the set-up of ${name} up?`,
    giveUpWhat:
      "Its values and its mapping are deleted, its password and SSH keys are disabled in the vault. Its PGP keys stay there: ICE may already encrypt for them, and another set-up of this name finds them again.",
    givenUp: (name: string) => `The set-up of ${name} was given up.`,
  },

  terms: {
    lead: "This connector fetches your firm's ICE Chat files every day and imports each chat item into the mailboxes of the people who sent and received it.",
    nameHeading: "Name",
    nameLabel: "Name of the connector",
    nameHint:
      "1 to 40 lower-case letters, digits and hyphens. Reports and drops bear it, and it cannot be changed later.",
    nameForm: "use 1 to 40 lower-case letters, digits and hyphens, e.g. acme-london",
    nameTaken: "a connector or a set-up has this name already: choose another one",
    nameReserved: "this word belongs to the page's own addresses: choose another one",
    nameFree: "This name is free.",
    heading: "What you agree to",
    points: [
      "Chats of your firm's people are written into their mailboxes, folder “ICE Chat”, where holds, retention and eDiscovery find them. Make sure that your firm may keep them there, and has told its people as the law of their country demands.",
      "The app can read and write only the mailboxes that your Exchange administrator gave it. Chats of people outside that scope are reported and not imported.",
      "ICE's files are kept encrypted, as they came, for as long as your retention setting says. Decrypted copies are deleted days after a drop is closed.",
      "Private keys and passwords go into your firm's Key Vault and nowhere else. This page never shows them again.",
      "Every change made here is recorded with your name in the audit log.",
    ],
    accept: "I have read this and accept it for my firm",
    accepted: (by: string) => `Accepted by ${by}`,
    mustAccept: "accept the terms to go on",
    begin: "Begin",
  },

  sections: {
    firm: "Firm",
    ice: "What ICE has to know",
    site: "SFTP site",
    files: "Files and schedule",
    advanced: "More settings",
  },

  feed: {
    label: "Firm code",
    hint: "As ICE gave it. It is the user name at the SFTP site, too, and what the items belong to for ever: it cannot be changed later.",
    fixed: "The firm code of a connector never changes.",
  },

  site: {
    host: { label: "SFTP site", hint: "As ICE gave it, e.g. sftp.theice.com. Without folder." },
    port: { label: "Port", hint: "22 unless ICE says otherwise." },
    folder: { label: "Folder", hint: "Where ICE puts the files, e.g. /outgoing. A dot is the user's own folder." },
    user: { label: "User name", hint: "Empty: the firm code, as ICE has it for most firms." },
    login: {
      label: "How to sign in",
      hint: "If in doubt take the first: whichever of the two the site asks for is given.",
      keyAndPassword: "SSH key and password",
      password: "Password alone",
      key: "SSH key alone",
    },
  },

  password: {
    label: "Password",
    hint: "As ICE gave it. It is stored in Key Vault as soon as you press the button, and never shown again.",
    store: "Store the password",
    replace: "Store another password",
    stored: "The password is stored.",
    set: "A password is stored:",
    empty: "enter the password that ICE gave you",
  },

  keys: {
    ssh: "SSH key",
    pgp: "PGP key",
    sshWhy: "The site knows the app by it. ICE gets the public half.",
    pgpWhy: "ICE encrypts the files for it. ICE gets the public half.",
    notNeeded: "Not needed, as you have chosen above.",
    generate: "Generate a key",
    own: "Use a key of your own",
    kind: "Kind",
    sshKinds: { ed25519: "Ed25519 (recommended)", rsa: "RSA, 4096 bits (for older sites)" },
    pgpKinds: { rsa4096: "RSA, 4096 bits (every program takes it)", curve25519: "Curve25519 (every gpg since 2.1)" },
    generating: "Making the key. RSA takes a few seconds.",
    generated: (kind: string) => `The ${kind} is made. Its private half is in Key Vault.`,
    replaceTitle: (kind: string) => `Put another ${kind} in its place?`,
    replaceWhat:
      "If ICE already has the public half of the one that is there, the site refuses the app until ICE has the new one. To change without a gap use “Keys” on the connector's page.",
    replace: "Replace it",
    fingerprint: "Fingerprint",
    algorithm: "Kind",
    setAt: "Stored",
    expires: "Expires",
    never: "never",
    withPassphrase: "stored under a passphrase",
    download: "Download the public key",
    downloadSsh2: "The same for servers that want RFC 4716",
    number: (number: number) => `PGP key ${number}`,
    older: "kept for files that were encrypted for it",
    privateKey: "Private key",
    privateKeyHint: (kind: "ssh" | "pgp") =>
      kind === "ssh"
        ? "OpenSSH or PEM, from -----BEGIN to -----END. The field is emptied when it is sent."
        : "Armored, from -----BEGIN PGP PRIVATE KEY BLOCK----- to -----END. The field is emptied when it is sent.",
    file: "Choose its file",
    passphrase: "Passphrase",
    passphraseHint: "Leave it empty when the key has none.",
    check: "Check and store",
    checked: (fingerprint: string) => `The key was opened and stored. Fingerprint: ${fingerprint}`,
    emptyKey: "paste the private key, or choose its file",
    cancel: "Not now",
    missing: "There is none yet.",
  },

  ice: {
    lead: "Send this to ICE's support. It holds public halves only, so it may go by mail.",
    ip: "Address that the app connects from",
    ipUnknown:
      "The app does not know its outbound address: see the output outboundIp of the deployment, and tell ICE that one.",
    text: "Text for ICE",
    copy: "Copy the text",
    copied: "Copied.",
    notCopied: "The browser does not let this page copy. Select the text and copy it yourself.",
    download: "Download it",
    waiting: "It is complete once the firm code is filled in and the keys are there.",
    greeting: (feed: string | undefined) =>
      `Please set up the export of our ICE Chat compliance files to an SFTP site.\n\nFirm code: ${feed ?? "(not filled in yet)"}`,
    outboundIp: (ip: string) => `Our connections come from this address; please let it in:\n${ip}`,
    noOutboundIp: "We will tell you the address that our connections come from.",
    ssh: (fingerprint: string, key: string) =>
      `Our SSH public key, for signing in (fingerprint ${fingerprint}):\n${key}`,
    pgp: (fingerprint: string, key: string) =>
      `Please encrypt all files with this PGP public key (fingerprint ${fingerprint}):\n${key}`,
    questions:
      "Please tell us:\n- host name and port of the SFTP site, and the folder with the files\n- the fingerprint of its SSH host key (SHA256:...)\n- the password of our user, by a safe way\n- in which format the files come, and at what time of day in which time zone",
    rotation: (feed: string | undefined) =>
      `We are changing a key for the export of our ICE Chat compliance files.\n\nFirm code: ${feed ?? "(unknown)"}`,
    nextSsh: (old: string | undefined, fingerprint: string, key: string) =>
      `Please add this SSH public key for our user (fingerprint ${fingerprint})${old === undefined ? "" : ` and tell us when it works. Then you may remove the old one (fingerprint ${old})`}:\n${key}`,
    nextPgp: (old: string | undefined, fingerprint: string, key: string) =>
      `Please encrypt all files from now on with this PGP public key (fingerprint ${fingerprint})${old === undefined ? "" : `, no longer with the one whose fingerprint is ${old}`}:\n${key}`,
  },

  files: {
    encryption: {
      label: "Encryption",
      hint: "With PGP a file that comes unencrypted is refused, and the other way round.",
      pgp: "Files are encrypted with PGP",
      none: "Files are not encrypted",
    },
    include: {
      label: "Files to fetch",
      hint: "Patterns with * and ?, with commas between them, e.g. *.pgp. Empty: everything that chat files are known by. Checksum files and the like are always left alone.",
    },
    exclude: { label: "Files to leave alone", hint: "Patterns, e.g. test_*." },
    format: {
      label: "Format",
      hint: "Leave it to the app unless ICE tells you the format.",
      names: {
        detect: "Find out from the file",
        "filedump-actiance": "XML (FileDump, Actiance)",
        "flat-csv": "CSV, one record a message",
      },
    },
    zone: {
      label: "Time zone",
      hint: "In which the site's days are counted and the schedule is read, e.g. Europe/London.",
    },
    timestampZone: {
      label: "Time zone of timestamps that name none",
      hint: "Empty: such a timestamp is an error.",
    },
  },

  schedule: {
    label: "Fetch",
    daily: "Every day",
    weekdays: "Monday to Friday",
    hourly: "Every few hours",
    cron: "By a pattern of my own",
    time: "At",
    every: "How often",
    hours: (hours: number) => (hours === 1 ? "Every hour" : `Every ${hours} hours`),
    pattern: "Cron pattern",
    patternHint: "Five fields: minute, hour, day, month, weekday. E.g. 30 6 * * 1-5",
    next: (zone: string) => `Next times, in ${zone}:`,
    run: (at: Date, zone: string) => `${day(at, zone)}${zone === "UTC" ? "" : ` (${utc.format(at)} UTC)`}`,
    nextRun: "Next time",
    noLimit: "no limit",
    dailyAt: (time: string) => `Every day at ${time}`,
    weekdaysAt: (time: string) => `Monday to Friday at ${time}`,
    byPattern: (pattern: string) => `By the pattern ${pattern}`,
    never: "This pattern or this time zone is not right, so nothing would ever be fetched.",
  },

  advanced: {
    checksums: {
      label: "Compare files with the checksum files beside them",
      hint: "A file whose checksum is another is put aside.",
    },
    itemLimit: {
      label: "Most items a day",
      hint: "A day with more is held until somebody releases it. 0: no limit.",
    },
    withAttachments: { label: "Attach the files that were sent to the items", hint: "" },
    itemClass: { label: "Message class of the items", hint: "IPM.Note looks like mail in every program." },
    recipientCap: { label: "Recipients in an item's header", hint: "1 to 500. The rest stand in its body." },
    signers: {
      label: "PGP public keys of the sender",
      hint: "Armored. With them a file must bear a good signature of one of them. Empty: signatures are not asked for.",
    },
    fieldNames: {
      label: "Columns of CSV files with other names",
      hint: "One a line, our name = the file's name, e.g. ImId = UserName.",
      problem: "one pair a line with an equals sign between them, e.g. ImId = UserName",
    },
  },

  validation: {
    lead: "The app tries the connection now, step by step, as the first fetch would. Nothing is kept.",
    start: "Validate connection",
    needs: "This has to be filled in first",
    again: "Validate again",
    running: "Trying the connection. This takes up to a minute.",
    verdicts: {
      works: "The connection works.",
      untried: "Sign-in and listing work; no file was there to try decryption and format with.",
      fails: "The connection does not work yet.",
    },
    last: {
      works: "Validated successfully",
      untried: "Sign-in and listing work; no file was there to try decryption and format with",
      fails: "The last validation found a fault",
    },
    tooMany: (seconds: number) => `That was often. Try again in ${seconds} seconds.`,
    names: {
      connect: "Reach the site",
      "host-key": "Know the site",
      "sign-in": "Sign in",
      list: "List the folder",
      decrypt: "Decrypt a file",
      format: "Read its format",
    },
    outcomes: { ok: "Done", failed: "Failed", skipped: "Not tried", running: "Waiting" },
    details: {
      unusable: (count: number) => `${plain.format(count)} with names or times that nobody can use.`,
      takes: "Would be fetched:",
      leaves: "Would be left alone:",
      tried: (file: string) => `Tried with ${file}.`,
      beginning: "Only its beginning was read; the first fetch checks it to its end.",
    },
  },

  hostKeys: {
    heading: "Is this ICE's server?",
    lead: "The server shows these fingerprints. Compare them with what ICE told you, by phone or from ICE's own pages, not with what this page shows. Until you confirm one, the app sends it nothing: no user name, no password.",
    changed:
      "The server shows another key than the one that was confirmed. That is so after ICE has changed it, and also when somebody stands in between. Ask ICE before you confirm it.",
    paste: "Fingerprint that ICE gave you",
    pasteHint:
      "Paste it here to have it compared. Or leave it empty, compare by eye, and tick each key that ICE has named, and no other.",
    same: "It is the same as the one marked below.",
    notSame: "It is none of those that the server shows. Do not confirm: ask ICE.",
    kind: "Kind",
    fingerprint: "Fingerprint",
    state: "State",
    trusted: "confirmed",
    unknown: "not confirmed",
    matches: "the one ICE gave you",
    compared: (kind: string) => `I have compared this ${kind} fingerprint with what ICE told me`,
    confirm: "Confirm this server",
    confirmed: "The server is confirmed.",
    mustCompare: "compare the fingerprint first, then tick the key that is the same",
  },

  people: {
    heading: "Whose chats are imported",
    everybody: "Everybody who has a mailbox",
    list: "Only people on a hold list",
    group: "Only members of an Entra group",
    groupLabel: "Object id of the group",
    groupHint: "From the group's page in Entra. Members of groups within it count, too.",
    groupForm: "an object id such as 11111111-2222-3333-4444-555555555555",
  },

  mapping: {
    heading: "Who gets what",
    lead: "Each chat item goes into the mailboxes of its sender and of everybody it was sent to. The app has to know which mailbox is whose.",
    automatic: "Find people by their own e-mail addresses",
    automaticHint:
      "The files have people's addresses. Whoever is a user with that address in your directory is found without a mapping.",
    fileHeading: "Mapping file",
    fileLead: "A CSV file with the header ImId,Mailbox: it goes before people's own addresses.",
    pageTitle: (name: string) => `${name}: mapping`,
    addHeading: "People without a mailbox",
    addLead:
      "These people were found in a drop and have no mailbox. Fill in the address of whoever has one; empty ones are left out.",
    addImId: "ImId",
    addMailbox: "Mailbox",
    addMailboxOf: (imId: string) => `Mailbox of ${imId}`,
    addFaults: "The mapping would have bad lines with this, so nothing was taken.",
    addDoubtful:
      "Nothing was taken yet: these addresses get nothing as the directory is now. Mend them, or press the button once more to add them all the same.",
    add: "Add to the mapping",
    added: (count: number) => `${lines(count)} added to the mapping.`,
    addNone: "fill in at least one mailbox",
    afterAdd: "Items that went to nobody are imported when their drop is reprocessed.",
  },

  list: {
    none: { mapping: "There is no mapping yet.", "hold-list": "There is no hold list yet." },
    facts: (entries: number) => `${lines(entries)}.`,
    uploadedBy: (by: string) => `Uploaded by ${by},`,
    downloadCurrent: "Download the current file",
    downloadTemplate: "Download an empty template",
    drop: "Drop a CSV file here, or choose one",
    choose: "Choose a file",
    limit: "CSV in UTF-8, at most 10 MB.",
    tooLarge: "This file is larger than 10 MB.",
    notCsv: "This is no CSV file. In Excel choose “Save as”, “CSV UTF-8”.",
    checking: (percent: number) => `Checking: ${percent} %`,
    checked: (entries: number) => `${lines(entries)} checked.`,
    good: "Every line is good.",
    bad: (bad: number) => `${lines(bad)} cannot be used. Nothing is taken yet.`,
    lookedUp: (asked: number, all: number) =>
      `${plain.format(asked)} of ${plain.format(all)} new addresses looked up in the directory.`,
    leftToFirstDrop: "The others are looked up with the first drop, whose page names those that get nothing.",
    lookUpMore: "Look the next ones up",
    getNothing: (count: number) =>
      `${lines(count)} ${count === 1 ? "names" : "name"} an address that gets nothing as the directory is now.`,
    getNothingHeading: (count: number) => `Addresses that get nothing (${plain.format(count)})`,
    takeDoubtfulTitle: (count: number) => `Take ${lines(count)} all the same whose address gets nothing?`,
    takeDoubtfulWhat:
      "These people's items go nowhere until the directory has such a mailbox, or you upload another address. Each drop tells of such lines.",
    changes: (added: number, changed: number, removed: number, unchanged: number) =>
      `${plain.format(added)} new, ${plain.format(changed)} changed, ${plain.format(removed)} removed, ${plain.format(unchanged)} as before.`,
    repeated: (count: number) => `${lines(count)} say the same as an earlier one. That does no harm.`,
    takeAll: "Take all lines",
    takeGood: (entries: number) =>
      `Take the ${entries === 1 ? "good line" : `${plain.format(entries)} good lines`} only`,
    takeGoodTitle: (bad: number) => `Leave ${lines(bad)} out?`,
    takeGoodWhat:
      "The people on these lines are then not mapped by the file. Download the list of bad lines first if you want to mend them later.",
    discard: "Take nothing",
    taken: (entries: number, leftOut: number) =>
      leftOut === 0 ? `${lines(entries)} taken.` : `${lines(entries)} taken, ${lines(leftOut)} left out.`,
    changedMeanwhile: "Somebody else has uploaded a file meanwhile. It was checked again: look at the changes.",
    faults: (count: number) => `Bad lines (${plain.format(count)})`,
    line: "Line",
    column: "Column",
    reason: "What is wrong",
    firstLine: (line: number) => `see line ${plain.format(line)}`,
    downloadFaults: "Download the bad lines",
    downloadAddresses: "Download these lines",
    scroll: "Scroll with the arrow keys.",
  },

  person: {
    heading: "Test a person",
    lead: "Where would somebody's items go, and why? The directory is asked now; nothing is kept.",
    imId: "ImId",
    imIdHint: "E.g. fstrouds17",
    email: "E-mail address",
    emailHint: "As the chats have it. One of the two is enough.",
    test: "Test",
    empty: "enter an ImId, an address, or both",
    goes: (name: string, address: string) => `Items go to ${name} (${address}).`,
    nowhere: "Items go nowhere.",
    steps: { mapping: "Mapping file", automatic: "Own address", people: "Whose chats" },
    outcomes: { found: "found", "not-found": "not found", skipped: "not asked", "left-out": "left out" },
    why: "Why",
  },

  review: {
    lead: "Look at everything once more. When you finish, the first fetch comes by the schedule, or at once if you say so.",
    change: (section: string) => `Change: ${section}`,
    finish: "Finish",
    finished: (name: string) => `${name} is set up.`,
    fetchNow: "Fetch for the first time at once",
    notValidated: "The connection was not validated yet. You may finish all the same; a fetch that fails tells why.",
    missing: "Before you can finish:",
    none: "not chosen",
    isSet: "stored",
    isMissing: "missing",
    yes: "yes",
    no: "no",
    allKnown: "all that chat files are known by",
    mappingFile: (entries: number) => `mapping file with ${lines(entries)}`,
    holdList: (entries: number) => `hold list with ${lines(entries)}`,
  },

  edit: {
    title: (name: string) => `${name}: settings`,
    keysTitle: (name: string) => `${name}: keys and password`,
    settings: "Settings",
    keys: "Keys and password",
    mapping: "Mapping",
    save: "Save",
    discard: "Undo",
    saved: "Saved. It holds from the next fetch on.",
    changes: (count: number) => (count === 1 ? "1 change is not saved" : `${count} changes are not saved`),
    hostChanged:
      "Another host or port may be another server: confirm its host key again below before you save. The keys of the old one say nothing about it.",
    stopHeading: "Pause or delete",
    pauseWhat:
      "A pause stops fetching. Drops that were fetched go on. Files that come meanwhile are fetched when it ends.",
    pause: "Pause",
    paused: (name: string) => `${name} is paused. Drops that were fetched go on.`,
    isPaused: "This connector is paused: nothing is fetched.",
    resume: "Resume",
    resumed: (name: string) => `${name} fetches again by its schedule.`,
    remove: "Delete",
    removeTitle: (name: string) => `Delete ${name}?`,
    removeWhat: "When it is deleted nothing more is fetched. What stays:",
    removeShort: "Nothing more is fetched. Items, evidence and reports stay.",
    removeStays: [
      "all items in the mailboxes",
      "the encrypted files as they came, for as long as your retention setting says",
      "ledger, reports and audit log",
      "the PGP keys in Key Vault, so that the files can be read again",
    ],
    removeGone:
      "What is no longer there: its settings, password and SSH keys (disabled in Key Vault, and recoverable there), mapping and hold list.",
    removeType: (name: string) => `Type ${name} to delete it`,
    removed: (name: string) => `${name} was deleted.`,
  },

  rotate: {
    lead: "Keys are changed without a gap: the old and the new one work side by side until ICE has switched.",
    sshHeading: "SSH keys",
    pgpHeading: "PGP keys",
    passwordHeading: "Password",
    current: "In use",
    next: "Next",
    newSsh: "Make the next SSH key",
    ownSsh: "Use a key of your own as the next one",
    sshHow:
      "1. Make the next key. 2. Send the text below to ICE. 3. When ICE has it, switch. Should ICE switch first, the app notices by itself: when the site refuses the old key, it tries the next one.",
    switch: "Switch to the next key",
    switchTitle: "Switch to the next SSH key?",
    switchWhat:
      "Do this when ICE has said that the new key works. The old one is no longer used; it stays in Key Vault as an earlier version.",
    switched: "The next key is in use now.",
    newPgp: "Make a new PGP key",
    ownPgp: "Use a new PGP key of your own",
    pgpHow:
      "1. Make a new key. 2. Send the text below to ICE. Files that are encrypted for an older key are still read: older keys stay.",
    tell: "Text for ICE",
    passwordHow: "Ask ICE for a new password, and store it here when it holds.",
    age: "Stored",
  },
} as const;
