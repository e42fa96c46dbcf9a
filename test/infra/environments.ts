import { type Prediction, predict } from "./prediction.ts";

/** An environment with everything set that dev and prod leave as it is, and a name that is too long for most names. */
const longNamed = `using '../main.bicep'
param workload = 'icechatext'
param environmentName = 'Quality-Assurance-Frankfurt-01'
param alertEmails = ['someone@example.com']
param immutability = 'locked'
param signInClientId = '11111111-2222-3333-4444-555555555555'
param portalAddresses = ['203.0.113.7', '198.51.100.0/24']
param adminAddresses = ['203.0.113.9']
param noDropAfterHours = 60
param settings = { PLAINTEXT_DAYS: 3, SWEEP_SCHEDULE: '0 */2 * * * *' }
`;

/** The environments that the tests look at. */
export const environments = {
  dev: () => predict("parameters/dev.bicepparam"),
  prod: () => predict("parameters/prod.bicepparam"),
  longNamed: () => predict(longNamed),
  /** Differs from longNamed only where names are cut. */
  longNamedToo: () => predict(longNamed.replace("Frankfurt-01", "Frankfurt-02")),
  subscription: () => predict("subscription.bicepparam"),
  eventsOfDev: () => predict("parameters/events-dev.bicepparam"),
  eventsOfProd: () => predict("parameters/events-prod.bicepparam"),
} as const satisfies Record<string, () => Promise<Prediction>>;
