import { PageHead } from "../components/page-head.tsx";
import { PageLink } from "../components/page-link.tsx";

/** For an address that no page has. */
export function NotFound() {
  return (
    <>
      <PageHead title="Nothing is here" />
      <p>
        This address has no page. Go to the <PageLink to="">overview</PageLink>.
      </p>
    </>
  );
}
