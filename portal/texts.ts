import { setupTexts } from "./setup/texts.ts";

/** Every text of the page, in plain English; the set-up's lie in its own folder and are reached from here. */
export const texts = {
  setup: setupTexts,

  frame: {
    product: "ICE Chat archive",
    skip: "Skip to the content",
    navigation: "Main",
    menu: "Menu",
    closeMenu: "Close the menu",
    reader: "Reader",
    admin: "Admin",
    development: "Development sign-in",
    developmentWhy: "Nobody has signed in: this app runs on a laptop with its development role.",
    signOut: "Sign out",
    signIn: "Sign in",
    title: (page: string) => `${page} - ICE Chat archive`,
    connectors: "Connectors",
    drops: "Drops",
    search: "Search",
    audit: "Audit log",
    about: "About",
    path: "You are here",
  },

  states: {
    loading: "Loading",
    failed: "This could not be loaded",
    retry: "Try again",
    again: "It is tried again by itself.",
    signIn: "Sign in again",
    noRights: "You may not see this",
    noRightsWhat:
      "Ask whoever runs this app's Enterprise application in Entra to give you the role Connector.Reader or Connector.Admin, then sign in again.",
    notFound: "There is nothing here",
    notFoundWhat: "It may have been removed, or the address is not quite right.",
    toStart: "Go to the connectors",
    broken: "The page itself has a fault",
    brokenWhat:
      "Nothing in the archive is affected. Load the page again; if it happens again, tell whoever runs the app.",
    reload: "Load the page again",
    stale: (when: string) => `Not up to date: this is what was known at ${when}.`,
    upToDate: (when: string) => `As of ${when}`,
    refreshing: "Refreshing",
    adminOnly: "This takes the role Connector.Admin.",
    whatToDo: {
      unreachable:
        "Check your network. If others cannot reach the app either, see whether it runs in the Azure portal.",
      unreadable: "The app may just be starting. If this stays, look at its log in the Azure portal.",
      unavailable: "Storage or the vault does not answer just now.",
      "too-many": "Wait a little.",
      failed: "If this stays, look at the app's log in the Azure portal.",
      "changed-meanwhile": "Load it again, look at what is there now, then decide.",
      other: "",
    },
  },

  parts: {
    cancel: "Cancel",
    close: "Close",
    confirm: "Confirm",
    none: "None",
    unknown: "Not known",
    never: "Never",
    utc: (text: string) => `${text} UTC`,
    more: "Show more",
    nextPage: "Next page",
    firstPage: "First page",
    copy: "Copy",
    copied: "Copied",
    download: "Download",
    days: (count: number) => (count === 1 ? "1 day" : `${count} days`),
    shorter: "less than a minute",
  },
} as const;
