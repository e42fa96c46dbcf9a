/** Where App Service Authentication signs people in, and leads them back to this very place. */
export function signInUrl(): string {
  // Two slashes would name another host.
  const back = `${location.pathname.replace(/^\/+/, "/")}${location.search}`;
  return `/.auth/login/aad?post_login_redirect_uri=${encodeURIComponent(back)}`;
}

/** Where it signs them out. */
export const signOutUrl = "/.auth/logout?post_logout_redirect_uri=/";
