import { Button, type ButtonProps, Link as FluentLink } from "@fluentui/react-components";
import type { MouseEvent, ReactElement, ReactNode } from "react";
import { useRouter } from "./router.tsx";

interface LinkProps {
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string | undefined;
  /** Names it for a screen reader where the text alone says too little. */
  readonly label?: string | undefined;
}

/** A link to another of our pages: a real one, so that it can be opened in a new tab, copied and followed by keyboard. */
export function Link({ to, children, className, label }: LinkProps): ReactNode {
  const follow = useFollow(to);
  return (
    <FluentLink href={to} onClick={follow} {...(className === undefined ? {} : { className })} aria-label={label}>
      {children}
    </FluentLink>
  );
}

interface ButtonLinkProps {
  readonly to: string;
  readonly children: ReactNode;
  readonly appearance?: NonNullable<ButtonProps["appearance"]>;
  readonly icon?: ReactElement;
  /** The browser saves what is there. */
  readonly isDownload?: boolean;
}

/** A link that looks like a button. */
export function ButtonLink({ to, children, appearance = "secondary", icon, isDownload }: ButtonLinkProps): ReactNode {
  const follow = useFollow(to);
  const props = isDownload === true ? { download: "" } : { onClick: follow };
  return (
    <Button as="a" href={to} appearance={appearance} {...(icon === undefined ? {} : { icon })} {...props}>
      {children}
    </Button>
  );
}

/** Handles a plain click by itself; with a modifier key, or another button, it stays the browser's. */
export function useFollow(to: string): (event: MouseEvent) => void {
  const { go } = useRouter();
  return (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
}
