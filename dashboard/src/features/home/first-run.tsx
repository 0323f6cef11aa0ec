import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import classes from './home.module.css';

/** What to do in a workspace in which nothing has happened yet. */
export function FirstRun() {
  return (
    <div className={classes.first}>
      <div>
        <h2>
          <Trans>A quiet start</Trans>
        </h2>
        <p className="text2">
          <Trans>Nothing runs here yet. Three ways to a first success, each takes a few minutes:</Trans>
        </p>
      </div>
      <ol>
        <li className={classes.way}>
          <strong>
            <Trans>Push a journey</Trans>
          </strong>
          <span className="text2">
            <Trans>Journeys are written in code and pushed; the examples are ready to go.</Trans>
          </span>
          <code className="mono">npm run throughline -- push examples/journeys</code>
        </li>
        <li className={classes.way}>
          <strong>
            <Link to="/batches/new" className="link">
              <Trans>Make a batch of letters</Trans>
            </Link>
          </strong>
          <span className="text2">
            <Trans>
              A CSV, a brief and a template become documents. Nothing is spent before you approve the estimate.
            </Trans>
          </span>
        </li>
        <li className={classes.way}>
          <strong>
            <Trans>Set up a course</Trans>
          </strong>
          <span className="text2">
            <Trans>Courses and their runs are made through the API; its pages show each call.</Trans>
          </span>
          <a href="/docs" className="link">
            <Trans>Open the API’s pages</Trans>
          </a>
        </li>
      </ol>
    </div>
  );
}
