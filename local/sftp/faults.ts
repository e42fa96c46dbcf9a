/** A step of the protocol at which a site may be deaf. */
export type SiteStep = "sign-in" | "session" | "opendir" | "readdir" | "stat" | "open" | "read" | "close";

/** What the local SFTP site does wrong on demand. The object may be changed while the site runs. */
export interface SiteFaults {
  /** Refuses every sign-in. */
  refuseLogins?: boolean;
  /** Takes the connection and says nothing. */
  muteFromStart?: boolean;
  /** After so many bytes of file data the whole connection goes silent: no answers, no keepalives. */
  silentAfterBytes?: number;
  /** After so many bytes of file data requests are no longer answered, but keepalives are. */
  deafAfterBytes?: number;
  /** After so many bytes of file data the connection is cut. */
  cutAfterBytes?: number;
  /** Every file ends here, whatever its attributes say. */
  endsAtByte?: number;
  /** Every file goes on for so many bytes longer than its attributes say. */
  extraBytes?: number;
  /** An answer holds at most so many bytes. */
  shortReadInBytes?: number;
  /** Each request waits so long, like a line with this round trip. */
  delayInMs?: number;
  /** Answers to reads come in another order than they were asked for. */
  shuffleAnswers?: boolean;
  /** Opening folders is forbidden. */
  denyList?: boolean;
  /** Opening files is forbidden. */
  denyRead?: boolean;
  /** The words that go with every refusal, such as a path or a user's name. */
  refusalText?: string;
  /** Changes the names that a listing shows. */
  listing?: (names: readonly string[]) => readonly string[];
  /** The listing never ends. */
  endlessListing?: boolean;
  /** Every file is told to be so large, and of this time (seconds since 1970), whatever it is. */
  toldAttributes?: { readonly size?: number; readonly mtime?: number };
  /** Attributes come without size and time. */
  bareAttributes?: boolean;
  /** A listing has so many entries `{n}.csv` instead of the folder's, empty and of 1970. */
  inventedEntries?: number;
  /** A listing's answers hold so many entries each. @default 100 */
  entriesPerAnswer?: number;
  /** These requests are never answered; the connection lives. */
  deafTo?: readonly SiteStep[];
  /** After so many bytes of file data SFTP's channel is closed; the connection lives. */
  closesChannelAfterBytes?: number;
  /** SSH works, SFTP is not offered. */
  noSubsystem?: boolean;
}
