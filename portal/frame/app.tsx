import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { Loaded } from "../parts/states.tsx";
import { routes } from "../routes.tsx";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import { Boundary } from "./boundary.tsx";
import { MeProvider } from "./me.tsx";
import { NotFound } from "./not-found.tsx";
import { matchRoute } from "./route-match.ts";
import { RouterProvider, useRouter } from "./router.tsx";
import { Shell } from "./shell.tsx";
import { Theme } from "./theme.tsx";
import { ToastProvider } from "./toasts.tsx";

/** The whole page. */
export function App(): ReactNode {
  return (
    <Theme>
      <Boundary>
        <RouterProvider>
          <ToastProvider>
            <Known />
          </ToastProvider>
        </RouterProvider>
      </Boundary>
    </Theme>
  );
}

/** Asks who is signed in before anything else: without that there is nothing to show. */
function Known(): ReactNode {
  const me = useResource("readMe", {});
  if (me.data === undefined)
    return (
      <Door>
        <Loaded resource={me}>{() => null}</Loaded>
      </Door>
    );
  return (
    <MeProvider me={me.data}>
      <Shell>
        <Current />
      </Shell>
    </MeProvider>
  );
}

const useStyles = makeStyles({
  door: { padding: tokens.spacingHorizontalXXL },
});

/** In place of everything else, as long as nobody is known. */
function Door({ children }: { readonly children: ReactNode }): ReactNode {
  const styles = useStyles();
  return (
    <main className={styles.door}>
      <h1>{texts.frame.product}</h1>
      {children}
    </main>
  );
}

function Current(): ReactNode {
  const { path } = useRouter().place;
  const found = matchRoute(routes, path);
  if (found === undefined) return <NotFound />;
  const { Page } = found.route;
  // A page of its own for each address, so that what belongs to one drop is never seen at another.
  return (
    <Boundary key={path}>
      <Page params={found.params} />
    </Boundary>
  );
}
