import type { DatabaseMigration } from './migrate.ts';
import * as workspaces from './0001-workspaces.ts';
import * as runs from './0002-runs.ts';
import * as peopleAndJourneys from './0003-people-and-journeys.ts';
import * as accessFunctions from './0004-access-functions.ts';
import * as journeyRuns from './0007-journey-runs.ts';
import * as courses from './0008-courses.ts';
import * as batches from './0009-batches.ts';
import * as gateMails from './0010-gate-mails.ts';
import * as moreChanges from './0011-more-changes.ts';
import * as auditAndFigures from './0012-audit-and-figures.ts';
import * as signInLinks from './0013-sign-in-links.ts';
import * as dashboardIndexes from './0014-dashboard-indexes.ts';
import * as batchIndexes from './0016-batch-indexes.ts';
import * as firstNames from './0018-first-names.ts';
import * as batchFigures from './0019-batch-figures.ts';
import * as gateOrders from './0020-gate-orders.ts';
import * as strugglingEffects from './0021-struggling-effects.ts';
import * as effectObjects from './0022-effect-objects.ts';
import * as runWorkflowTypes from './0023-workflow-types.ts';
import * as waitKeys from './0024-wait-keys.ts';
import * as runPositions from './0025-run-positions.ts';
import * as runKinds from './0026-run-kinds.ts';
import * as deletedObjects from './0027-deleted-objects.ts';
import * as fairAccess from './0030-fair-access.ts';
import * as effectDeaths from './0031-effect-deaths.ts';
import * as silentRuns from './0032-silent-runs.ts';
import * as outboxLeases from './0033-outbox-leases.ts';
import * as workerLives from './0034-worker-lives.ts';
import * as payments from './0038-payments.ts';
import * as moneyBack from './0039-money-back.ts';
import * as mailSenders from './0041-mail-senders.ts';
import * as secrets from './0043-secrets.ts';
import * as masterKeys from './0044-master-keys.ts';
import * as refundsOfBefore from './0045-refunds-of-before.ts';
import * as passwordResets from './0051-password-resets.ts';
import * as invitations from './0052-invitations.ts';
import * as workspaceModels from './0054-workspace-models.ts';
import * as definerPaths from './0055-definer-paths.ts';
import * as consents from './0056-consents.ts';
import * as mailedAddresses from './0057-mailed-addresses.ts';
import * as receivedAt from './0058-received-at.ts';
import * as lateness from './0059-lateness.ts';
import * as keptEntries from './0060-kept-entries.ts';
import * as batchesAgain from './0061-batches-again.ts';
import * as searchInside from './0072-search-inside.ts';
import * as searchIndexes from './0073-search-indexes.ts';
import * as moreReasons from './0076-more-reasons.ts';
import * as bulkOperations from './0080-bulk-operations.ts';
import * as mails from './0084-mails.ts';
import * as testMails from './0085-test-mails.ts';
import * as documentDrafts from './0088-document-drafts.ts';
import * as endedBatches from './0089-ended-batches.ts';
import * as putOffEffects from './0091-put-off-effects.ts';
import * as runsPutOff from './0092-runs-put-off.ts';
import * as returnedMailbox from './0100-returned-mailbox.ts';
import * as ownPayments from './0106-own-payments.ts';
import * as searchPages from './0107-search-pages.ts';
import * as erasures from './0110-erasures.ts';
import * as consentChanges from './0111-consent-changes.ts';
import * as erasedDocuments from './0112-erased-documents.ts';
import * as consentsOfBefore from './0113-consents-of-before.ts';
import * as plainEstimates from './0118-plain-estimates.ts';
import * as auditOfSubject from './0120-audit-of-subject.ts';
import * as mailsOfStep from './0121-mails-of-step.ts';
import * as savedViews from './0122-saved-views.ts';
import * as incidentOwners from './0125-incident-owners.ts';
import * as decidedDocuments from './0127-decided-documents.ts';
import * as courseMessages from './0128-course-messages.ts';
import * as runIndexes from './0133-run-indexes.ts';
import * as changesByStatement from './0134-changes-by-statement.ts';
import * as lastIncidents from './0135-last-incidents.ts';
import * as pools from './0136-pools.ts';
import * as poolIndex from './0137-pool-index.ts';
import * as entries from './0145-entries.ts';
import * as versionsOfRuns from './0150-versions-of-runs.ts';
import * as versionsOfBefore from './0151-versions-of-before.ts';
import * as tallies from './0152-tallies.ts';
import * as talliesOfBefore from './0153-tallies-of-before.ts';
import * as templatesOfMails from './0154-templates-of-mails.ts';
import * as templatesOfBefore from './0155-templates-of-before.ts';
import * as beginsOfNames from './0156-begins-of-names.ts';
import * as listIndexes from './0157-list-indexes.ts';
import * as contactAliases from './0165-contact-aliases.ts';
import * as runsMerged from './0166-runs-merged.ts';
import * as segments from './0200-segments.ts';

/** Every migration in its order; forward only, each safe while the code before it still runs. */
export const migrations: Record<string, DatabaseMigration> = {
  '0001-workspaces': workspaces,
  '0002-runs': runs,
  '0003-people-and-journeys': peopleAndJourneys,
  '0004-access-functions': accessFunctions,
  '0007-journey-runs': journeyRuns,
  '0008-courses': courses,
  '0009-batches': batches,
  '0010-gate-mails': gateMails,
  '0011-more-changes': moreChanges,
  '0012-audit-and-figures': auditAndFigures,
  '0013-sign-in-links': signInLinks,
  '0014-dashboard-indexes': dashboardIndexes,
  '0016-batch-indexes': batchIndexes,
  '0018-first-names': firstNames,
  '0019-batch-figures': batchFigures,
  '0020-gate-orders': gateOrders,
  '0021-struggling-effects': strugglingEffects,
  '0022-effect-objects': effectObjects,
  '0023-workflow-types': runWorkflowTypes,
  '0024-wait-keys': waitKeys,
  '0025-run-positions': runPositions,
  '0026-run-kinds': runKinds,
  '0027-deleted-objects': deletedObjects,
  '0030-fair-access': fairAccess,
  '0031-effect-deaths': effectDeaths,
  '0032-silent-runs': silentRuns,
  '0033-outbox-leases': outboxLeases,
  '0034-worker-lives': workerLives,
  '0038-payments': payments,
  '0039-money-back': moneyBack,
  '0041-mail-senders': mailSenders,
  '0043-secrets': secrets,
  '0044-master-keys': masterKeys,
  '0045-refunds-of-before': refundsOfBefore,
  '0051-password-resets': passwordResets,
  '0052-invitations': invitations,
  '0054-workspace-models': workspaceModels,
  '0055-definer-paths': definerPaths,
  '0056-consents': consents,
  '0057-mailed-addresses': mailedAddresses,
  '0058-received-at': receivedAt,
  '0059-lateness': lateness,
  '0060-kept-entries': keptEntries,
  '0061-batches-again': batchesAgain,
  '0072-search-inside': searchInside,
  '0073-search-indexes': searchIndexes,
  '0076-more-reasons': moreReasons,
  '0080-bulk-operations': bulkOperations,
  '0084-mails': mails,
  '0085-test-mails': testMails,
  '0088-document-drafts': documentDrafts,
  '0089-ended-batches': endedBatches,
  '0091-put-off-effects': putOffEffects,
  '0092-runs-put-off': runsPutOff,
  '0100-returned-mailbox': returnedMailbox,
  '0106-own-payments': ownPayments,
  '0107-search-pages': searchPages,
  '0110-erasures': erasures,
  '0111-consent-changes': consentChanges,
  '0112-erased-documents': erasedDocuments,
  '0113-consents-of-before': consentsOfBefore,
  '0118-plain-estimates': plainEstimates,
  '0120-audit-of-subject': auditOfSubject,
  '0121-mails-of-step': mailsOfStep,
  '0122-saved-views': savedViews,
  '0125-incident-owners': incidentOwners,
  '0127-decided-documents': decidedDocuments,
  '0128-course-messages': courseMessages,
  '0133-run-indexes': runIndexes,
  '0134-changes-by-statement': changesByStatement,
  '0135-last-incidents': lastIncidents,
  '0136-pools': pools,
  '0137-pool-index': poolIndex,
  '0145-entries': entries,
  '0150-versions-of-runs': versionsOfRuns,
  '0151-versions-of-before': versionsOfBefore,
  '0152-tallies': tallies,
  '0153-tallies-of-before': talliesOfBefore,
  '0154-templates-of-mails': templatesOfMails,
  '0155-templates-of-before': templatesOfBefore,
  '0156-begins-of-names': beginsOfNames,
  '0157-list-indexes': listIndexes,
  '0165-contact-aliases': contactAliases,
  '0166-runs-merged': runsMerged,
  '0200-segments': segments,
};
