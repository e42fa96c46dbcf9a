metadata description = 'The app settings that shared/config/settings.ts knows and an environment may choose. A test keeps the two lists and their defaults equal.'

@export()
@sealed()
@description('What an environment sets otherwise. docs/operations.md says what each one does; times are seconds.')
type Settings = {
  FETCH_SCHEDULE: string?
  SWEEP_SCHEDULE: string?
  FETCH_AT_ONCE: int?
  FETCH_DEADLINE_SECONDS: int?
  FETCH_RETRY_SECONDS: int?
  SFTP_CONNECT_SECONDS: int?
  SFTP_SILENCE_SECONDS: int?
  SETTLE_SECONDS: int?
  INCOMPLETE_TRIES: int?
  INCOMPLETE_WAIT_SECONDS: int?
  STALL_SECONDS: int?
  PEOPLE_WAIT_SECONDS: int?
  LOCK_SECONDS: int?
  LOCK_WAIT_SECONDS: int?
  SLICE_SECONDS: int?
  DOUBT_WAIT_SECONDS: int?
  DOUBT_WAIT_ANSWERED_SECONDS: int?
  DOUBT_LIMIT_SECONDS: int?
  OUTAGE_WAIT_SECONDS: int?
  UNAUTHORISED_WAIT_SECONDS: int?
  LOOK_FIRST: bool?
  STANDSTILL_SECONDS: int?
  WAITING_ALERT_SECONDS: int?
  QUIET_SWEEP_SECONDS: int?
  PLAINTEXT_DAYS: int?
  SECRET_CACHE_SECONDS: int?
}

@export()
@description('What the app takes by itself when nothing is set. Written out so that whoever opens the app in the portal sees what it runs with.')
var settingDefaults Settings = {
  FETCH_SCHEDULE: '0 */15 * * * *'
  SWEEP_SCHEDULE: '0 */5 * * * *'
  FETCH_AT_ONCE: 4
  FETCH_DEADLINE_SECONDS: 1500
  FETCH_RETRY_SECONDS: 1800
  SFTP_CONNECT_SECONDS: 20
  SFTP_SILENCE_SECONDS: 15
  SETTLE_SECONDS: 30
  INCOMPLETE_TRIES: 5
  INCOMPLETE_WAIT_SECONDS: 900
  STALL_SECONDS: 60
  PEOPLE_WAIT_SECONDS: 10
  LOCK_SECONDS: 60
  LOCK_WAIT_SECONDS: 120
  SLICE_SECONDS: 240
  DOUBT_WAIT_SECONDS: 900
  DOUBT_WAIT_ANSWERED_SECONDS: 60
  DOUBT_LIMIT_SECONDS: 86400
  OUTAGE_WAIT_SECONDS: 60
  UNAUTHORISED_WAIT_SECONDS: 300
  LOOK_FIRST: false
  STANDSTILL_SECONDS: 900
  WAITING_ALERT_SECONDS: 7200
  QUIET_SWEEP_SECONDS: 840
  PLAINTEXT_DAYS: 7
  SECRET_CACHE_SECONDS: 300
}
