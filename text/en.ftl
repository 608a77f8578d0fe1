### Every text of the interface, in English. Plain, short and kind; sentence case.
### Counts are given as numbers, codes and ids as text.

## Shell

app-name = Gatebook
skip = Skip to the content
nav-reports = Reports
nav-overview = Overview
nav-questions = Questions
nav-settings = Settings
nav-theme = Theme: { $theme }. Change it
nav-keys = Keys
theme-system = system
theme-light = light
theme-dark = dark
time-zone-title = Times are shown in this time zone. Point at a time to see it in UTC.
account-label = Account: { $name }, { $tenant }
account-switch = Switch account…
account-other = Use { $name }
account-sign-out = Sign out
account-sign-in = Sign in
close = Close
copy = Copy
copied = Copied
copy-failed = The browser refused to copy
cancel = Cancel

## Banners

sample-banner = Sample data
sample-banner-text = a made-up company, generated in this browser
sample-pace = At Graph’s real pace
sample-leave = Leave the sample
framed-banner = Gatebook signs nobody in inside this frame.
framed-open = Open in a new tab

sign-in-window = Finish in the sign-in window.
sign-in-window-text = Everything here goes on meanwhile.
sign-in-window-again = Open again
sign-in-window-here = Use this tab instead
tenant-mismatch-title = This account belongs to another tenant
tenant-mismatch-detail = The settings name the tenant { $expected }, but { $account } belongs to { $found }, and its rows are what you see. Use an account of the tenant in the settings, or change the tenant there.

## Start page

visit-title = The register of your tenant, read in your browser
visit-lead = Who signed in, what was changed, what was provisioned: Microsoft Entra’s four activity reports, read straight from Graph.
visit-sign-in = Sign in with Microsoft
visit-sample = Explore with sample data
visit-sample-note = The sample is a made-up company. It needs no account.
visit-opening = Opening…
visit-nothing-leaves = Nothing leaves this browser.
visit-nothing-leaves-text = There is no server behind this page. It speaks to { $login } and { $graph }, and its policy forbids anything else.
visit-nothing-hidden = Nothing is hidden.
visit-nothing-hidden-text = Each report says what is loaded, what failed, and why.
visit-nothing-lost = Nothing is lost.
visit-nothing-lost-text = Every record’s original JSON is one key away.
visit-which = Which tenant, which app
visit-which-lead = The app registration belongs to your organisation. Whoever set it up can tell you its id.
visit-asked = What will be asked for
visit-asked-user = when you sign in, to know who you are
visit-asked-now = when you sign in, to read { $reports }
visit-asked-first = when you open { $reports }
visit-asked-optional = only when you ask for Conditional Access details
visit-redirect = Redirect URIs to register
visit-redirect-hint = Both as type “single-page application”, exactly as written here. Sign-in comes back to the first, sign-out to the second.

## Settings

settings-title = Settings
settings-account = Account and app
settings-account-note = Used at the next sign-in
settings-reading = Reading
settings-device = Kept on this device
settings-device-note = Off unless you turn it on
settings-about = About
settings-client-id = Application (client) id
settings-client-id-hint = Of the app registration in your tenant. It is not a secret.
settings-tenant = Tenant
settings-tenant-hint = A domain or tenant id. Leave empty to use your home tenant.
settings-interaction = Sign-in page
settings-interaction-hint = A redirect works everywhere. A window keeps what is loaded here.
settings-interaction-redirect = In this tab
settings-interaction-popup = In a window
settings-cache = Stay signed in
settings-cache-hint = On a shared computer, let each tab sign in on its own. “In all tabs” keeps tokens in this browser, encrypted until it closes. If you answer Yes when Microsoft asks whether to stay signed in, they are kept unencrypted and longer, until you sign out or wipe.
settings-cache-local = In all tabs
settings-cache-session = In this tab
settings-theme = Theme
settings-theme-hint = Follows the system unless you choose.
settings-theme-system = System
settings-theme-light = Light
settings-theme-dark = Dark
settings-density = Row height
settings-density-hint = Compact shows about a third more rows.
settings-density-compact = Compact
settings-density-comfortable = Comfortable
settings-pace = Sample at Graph’s real pace
settings-pace-hint = Five requests in ten seconds, as Graph allows. Otherwise the sample answers at once.
settings-save = Save
settings-saved = Saved
settings-unsaved = Not saved yet
settings-wipe = Wipe
settings-wipe-hint = Removes the settings, the sign-in it remembers and every row, loaded or kept, from this browser. It cannot be undone.
settings-wipe-button = Wipe everything…
settings-wipe-confirm = Wipe everything?
settings-wipe-confirm-text = All rows, loaded or kept, the settings and the remembered sign-in are removed from this browser. Your tenant is not touched.
settings-wipe-yes = Wipe everything
keeping = Keep loaded rows
keeping-hint = A closed tab or a crash then loses nothing: the rows are here again at once, and Graph is asked only for what is new. This is for your account in this tenant. Kept rows are deleted when you sign out, and when another account or tenant is opened.
keeping-seal = Rows are encrypted with a key that this browser gives to nobody. That keeps other programs’ searches and leftovers on the disk away. It does not keep out someone who has your whole browser profile, or who uses this browser as you.
keeping-sign-in = Sign in first: it is chosen for one account.
keeping-again = Try again
keeping-in-use = In use now
keeping-size = { $size } on this device
keeping-until = Kept until { $until }; opening the tenant again and every new load move that on.
keeping-delete = Delete and stop keeping
keeping-delete-hint = Deleting turns keeping off.
keeping-delete-others = It may be of somebody who is not signed in now; deleting it turns keeping off for them too.
keeping-deleted = { $size } and the key to it are deleted. Nothing more is kept; what is loaded stays until the tab closes.
keeping-deleted-later = The key to { $size } is deleted, and without it the files are noise. Another tab still has them open; they go when it closes and Gatebook starts again.
keeping-refused-framed = Not in a frame. The page around it may have signed in for you, so nothing is kept. Open Gatebook in a tab of its own.
keeping-refused-insecure = Not on a page without https. The browser offers it no encryption.
keeping-refused-shared-host = Not on this host. Many people put pages on it, a browser keeps one store for all of them, and every one of these pages could read yours. It takes a copy of Gatebook at an address of its own.
keeping-refused-sub-path = Not below a path. Other pages at this address could read what is kept. Whoever hosts Gatebook can say in config.json that there are none: "isOwnOrigin": true.
kept-line = Kept on this device: { $rows } rows, until { $until }.
kept-line-memory = In memory only: what is loaded is gone when this tab closes.
kept-line-settings = The settings can change that.
settings-licences = Third-party licences
settings-licences-hint = What Gatebook is built from.
settings-licences-crates = Rust crates
settings-licences-msal = MSAL
settings-version = Version
settings-version-hint = Of Gatebook.
settings-cloud = Cloud
settings-cloud-hint = This page was built for it; its content policy allows no other.
settings-error-client-id = This is not an application id. It looks like 4c1f7e20-95ab-4d38-b6e4-1d0a93c5f872.
settings-error-client-id-missing = Signing in needs an application id.
settings-error-personal = Personal accounts have no audit logs. Name a tenant, or leave this empty.
settings-error-unreadable = config.json beside this page could not be read (status { $status }). What it sets is not used.
settings-error-not-json = config.json is not JSON at line { $line }, column { $column }. What it sets is not used.
settings-error-not-object = config.json is not a JSON object. What it sets is not used.
settings-error-key = config.json has a key that Gatebook does not know: { $key }.
settings-error-value = In the settings, { $key } must be { $expected }.
settings-error-newer = The settings in this browser were saved by a newer Gatebook. They are not used, and are kept until you save.
settings-error-damaged = The settings in this browser cannot be read. They are not used.
settings-error-tenant = This is neither a domain, such as contoso.example, nor a tenant id.

## Routes

unknown-kind = Unknown address
unknown-title = There is nothing at this address
unknown-lead = The link may be incomplete, or made by a newer version of Gatebook.
unknown-home = Go to the start page

## Reports

report-signIns = Sign-ins
report-signIns-phrase = sign-ins
report-directoryAudits = Directory audits
report-directoryAudits-phrase = directory audits
report-customSecurityAttributeAudits = Attribute audits
report-customSecurityAttributeAudits-phrase = attribute audits
report-provisioning = Provisioning
report-provisioning-phrase = provisioning records
fetch-signIns-interactiveUser = Interactive
fetch-signIns-interactiveUser-phrase = interactive sign-ins
fetch-signIns-nonInteractiveUser = Non-interactive
fetch-signIns-nonInteractiveUser-phrase = non-interactive sign-ins
fetch-signIns-servicePrincipal = Service principal
fetch-signIns-servicePrincipal-phrase = service principal sign-ins
fetch-signIns-managedIdentity = Managed identity
fetch-signIns-managedIdentity-phrase = managed identity sign-ins
event-types = Event type
not-asked = not asked
rows = { $count ->
    [one] { $count } row
   *[other] { $count } rows
}

## Scope

scope = Scope
scope-hint = What Graph is asked for
scope-range = Time range
range-everything = Everything there is
range-hours = { $count ->
    [one] Last hour
   *[other] Last { $count } hours
}
range-days = Last { $count } days
range-between = { $from } to { $to }
range-from = Since { $from }
range-to = Until { $to }
range-custom = From and to
range-custom-from = From
range-custom-to = To
range-custom-apply = Ask for this range
range-custom-hint = In your time zone. Leave one empty to keep it open.
range-error = “From” must be earlier than “To”.
range-error-empty = Enter at least one of the two.
chip-remove = Remove { $condition }
operator-eq = is
operator-ne = is not
operator-startswith = begins with
operator-endswith = ends with
operator-contains = contains
operator-matches = matches
operator-gt = above
operator-ge = at least
operator-lt = below
operator-le = at most
question-asked = Question

## The request

request-show = Show the request
request-title = What Graph is asked for
request-tabs = Forms of the request
request-graph = Request
request-powershell = PowerShell
request-kql = KQL
request-sample = The sample is made up in this browser. This is what Graph would be asked for.
request-graph-note = The first request of this scope; the next ones follow the links that Graph sends. A long range may be asked for in several parts, newest first.
request-encoded = As it is sent
request-powershell-note = Needs PowerShell 7 and Microsoft’s module Microsoft.Graph.Authentication. It signs you in with Microsoft’s own app, asks no more often than Graph allows, and writes the records to a JSON file in the current folder.
request-kql-note = For tenants that send these records to Log Analytics, where the table is { $table }. The time range beside the query narrows it further, so choose one that is at least as long.
request-filtered-here = The filter is not part of it: what Graph sends is filtered in your browser.
request-kql-unread = The filter cannot be read, so it is left out here.
request-kql-differs = What this finds may differ from what is shown here:
kql-finds-names = searching all fields also finds the names of nested properties
kql-empty-is-missing = an empty text counts as no value
request-kql-unsaid = Log Analytics cannot be asked for all of this
request-copy-address = Copy the address
request-copy-script = Copy the script
request-copy-query = Copy the query
unsaid-unknown-column = nothing is known by this name
unsaid-derived = Gatebook works it out itself, and no table has it
unsaid-not-in-table = the table { $table } does not have it
unsaid-empty-text = the table does not tell an empty text from none
unsaid-text-of-time = times are written differently there, so that only times can be compared with them
script-about = { $report }: { $range }
script-foreign-link = The link to the next page does not lead to Graph, so it is not followed
script-no-page = The answer is no page of records

## Completeness

load-starting = Asking Graph
load-loading = Loading, newest first
load-throttled = Graph asked for a pause, { $seconds } s left
load-offline = Offline, trying again in { $seconds } s
load-retrying = No answer, trying again in { $seconds } s
load-needs-sign-in = Waiting for sign-in
load-needs-consent = Waiting for consent
load-stopped = Stopped
load-complete = Complete
load-failed = Failed
load-memory = Memory for rows is full
load-requests = { $count ->
    [one] request
   *[other] requests
}
load-pages = { $count ->
    [one] page
   *[other] pages
}
load-rows = { $count ->
    [one] row
   *[other] rows
}
load-of-about = of about { $count }, by Graph’s count
load-reached = back to
load-duplicates = { $count ->
    [one] { $count } duplicate dropped
   *[other] { $count } duplicates dropped
}
load-warnings = { $count ->
    [one] { $count } warning
   *[other] { $count } warnings
}
load-left-seconds = about { $count } s left
load-left-minutes = about { $count } min left
load-failed-parts = { $count ->
    [one] 1 part failed
   *[other] { $count } parts failed
}
load-outside = Graph keeps nothing before
load-parts = What is loaded
load-stop = Stop
load-continue = Continue
load-again = Try again
budget = { $used } of { $limit }
budget-unit = requests in { $seconds } s
budget-others = Someone else uses this app registration’s requests, or Graph allows fewer: { $left } left for this browser
policy-missing = Conditional Access details are left out
policy-missing-action = Ask for them
bytes = { $count } bytes
kilobytes = { $count } kB
megabytes = { $count } MB
status-loaded = { $report }: { $rows } loaded. { $phase }.

ruler-now = now
parts-title = What is loaded
parts-lead = A load comes in parts, newest first, so that one that fails takes nothing else with it. Parts that failed can be asked for again one by one here, or all of them when you continue.
parts-filtered-here = Graph was too slow with these conditions. It is asked for everything in this time instead, and the conditions are checked in your browser.
parts-from = From
parts-to = To
parts-state = State
parts-as-far = as far back as there are rows
parts-again = Try again
parts-again-label = Try again: { $from } to { $to }
parts-asked-again = The part from { $from } to { $to } is asked for again
part-loaded = Loaded
part-loading = Loading
part-waiting = Not loaded yet
part-failed = Failed
part-outside = Older than Graph keeps
volume-days = Graph counts about { $rows } { $report } from { $from } to { $to }. The busiest day is { $busiest }, with about { $most }.
volume-hours = Graph counts about { $rows } { $report } from { $from } to { $to }. The busiest { $hours ->
    [one] hour is
   *[other] { $hours } hours are
} around { $busiest }, with about { $most }.
volume-none = Graph counts no { $report } from { $from } to { $to }.
volume-note = This is Graph’s own count, by days and hours of UTC. It may differ a little from the rows, and only the rows are shown and searched.
volume-left-counted = About { $rows } { $count ->
    [one] row is
   *[other] rows are
} still to come, by Graph’s own count.
volume-left-seen = About { $rows } { $count ->
    [one] row is
   *[other] rows are
} still to come, if the rest of the time is as busy as what is loaded.
volume-left-retention = It is not known how far back Graph goes; this supposes 30 days.

## Warnings

warnings-title = What was odd
warnings-lead = Gatebook keeps such records whole and goes on. Their original JSON is unchanged.
warnings-kind = Kind
warnings-count = Times
warnings-examples = Latest examples
warnings-open = Open the record
warning-unexpected-type = A value of an unexpected type, shown as text
warning-missing-property = A record without id, time or status
warning-unreadable-time = A time that cannot be read, shown as text
warning-truncated-page = A page that ended in the middle; whole records before that are kept
warning-not-an-object = Something that is not an object, kept as a record
warning-malformed-page = A page that is not JSON; nothing of it could be kept
warning-outside-scope = A record outside what was asked for; kept, but not shown
warning-odd-name = A property name in another spelling, read as the known one
warning-duplicate-key = The same property twice in one object; the first is shown
warning-unreadable-text = Text that is not Unicode, shown with replacement characters
warning-too-deep = Nested deeper than Gatebook reads
warning-malformed-record = A record that is not well-formed JSON, read as far as possible
warning-conflict = Two records with the same id and time that differ; both are shown
warning-foreign-link = A link to more of Graph’s own counts that leads elsewhere; it was not followed

## Register

register-label = { $report }, newest first
register-row = Row
register-loading = Rows appear here as they come.
register-hint-rows = rows
register-hint-details = details
register-hint-keys = all keys
register-shown = { $shown } of { $loaded } loaded rows

## Filter

filter = Filter
filter-hint = Which of the loaded rows are shown
filter-placeholder = Search everything loaded, or type a field
filter-placeholder-more = Narrow further
filter-input = Filter what is loaded
filter-part = Change this part of the filter
filter-whole = The whole filter as text
filter-parts = Parts of the filter
filter-chip-edit = Change { $condition }
filter-not = not
filter-anywhere = anywhere
filter-has-value = has a value
filter-or = { $first } or { $second }
filter-matches = { $count ->
    [one] { $count } matches
   *[other] { $count } match
}
filter-matches-said = { $count } of { $loaded } loaded rows match the filter
filter-clear = Clear the filter
filter-as-text = Edit the filter as text
filter-as-parts = Show the filter in parts
filter-unreadable = Until it can be read, all loaded rows are shown.
filter-suggestion = Use { $suggestion }
filter-no-value = no value
filter-time-hour = in the last hour
filter-time-day = in the last 24 hours
filter-time-today = today
filter-time-yesterday = yesterday
filter-time-week = in the last 7 days
filter-error-unknown-field = No field is called “{ $text }”.
filter-error-ambiguous-field = Several fields are called “{ $text }”. Write more of the name.
filter-error-missing-field = A field is missing in front of “{ $text }”.
filter-error-missing-value = A value is missing here.
filter-error-missing-term = Something is missing here: a word, or a field with a value.
filter-error-time = “{ $text }” is not a time. Write a day (2026-11-24), yesterday, or now-24h.
filter-error-number = “{ $text }” is not a number. In quotes it is compared as text.
filter-error-flag = “{ $text }” is neither true nor false.
filter-error-value = The field cannot be compared with “{ $text }”.
filter-error-wildcard = In “{ $text }”, * and ? cannot stand for other characters. In quotes they are found as they are.
filter-error-unclosed-quote = This quotation mark has no end.
filter-error-unclosed-parenthesis = This parenthesis has no end.
filter-error-unexpected-parenthesis = This parenthesis ends something that has no beginning.
filter-error-too-deep = There are too many parentheses within each other.
filter-error-too-long = The filter is too long. From here on it cannot be read.
combo-choices = Suggestions
combo-count = { $count ->
    [one] { $count } suggestion
   *[other] { $count } suggestions
}
promote = Ask Graph for only these…
promote-nothing = Filtered here only
promote-label = What Graph can be asked for
promote-lead = Graph is asked anew, and what does not match is no longer loaded.
promote-none = Nothing of this filter can be asked of Graph. Everything that is loaded is filtered in your browser.
promote-exact = Graph will be asked for
promote-spelled = Only in just this spelling
promote-spelled-note = Here Graph may tell capitals from small letters, so rows that spell it otherwise would be missing.
promote-stays = Stays filtered here
promote-button = Ask Graph for these
promote-button-spelled = Ask for just this spelling, too
promote-button-spelled-only = Ask for just this spelling
stays-text = Graph does not search all fields
stays-not = Graph takes no “not”
stays-several = Graph takes single conditions only
stays-exists = Graph cannot be asked whether there is a value
stays-time = choose it as the time range of the scope
stays-field = Graph does not filter by this, or not in this way
filter-no-rows = { $loaded ->
    [one] The one row that is loaded does not match the filter.
   *[other] None of the { $loaded } loaded rows match the filter.
}

## Details

details-label = Details of row { $row }
details-row = Row { $row } of { $total }
details-previous = Previous row
details-next = Next row
details-json = Original JSON
details-copy-json = Copy original JSON
details-close = Close details
details-tabs = Details
details-all = All
details-json-tab = JSON
details-loading = Reading the record…
details-copy-value = Copy { $label }
details-wrap = Wrap lines
details-null = null
details-empty = empty text
details-empty-list = empty list
details-yes = Yes
details-no = No
details-not-text = Some bytes of this record are not Unicode text. They are shown as � here; the original is kept.
details-older = This record replaced an older version.
details-older-open = Show the older version
details-member = { $name } { $index } of { $count }
details-warnings = What was odd about this record
details-no-fields = This record has no properties.
details-deprecated = deprecated by Graph

## Outcomes

outcome-success = Success
outcome-interrupted = Interrupted
outcome-failure = Failure
outcome-timeout = Timed out
outcome-skipped = Skipped
outcome-warning = Warning
outcome-unknown = Unknown

## Overview

overview-sample = A made-up company
overview-lead = Rows come only when you open a report or a question.
overview-questions = Questions
overview-questions-note = Each opens its report with just what it needs.
overview-reports = Reports
overview-report = Report
overview-range = Scope
overview-rows = Rows
overview-reached = Back to
overview-loaded = What is loaded
overview-not-asked = Not asked yet
questions-title = Questions
questions-lead = Each opens its report and asks Graph for just what it needs.

## Keys

keys-title = Keys
keys-lead = Single letters work while the table or the details have the focus.
keys-group-anywhere = Table and details
keys-group-table = In the table
keys-group-details = In the details
keys-help = Show this list
keys-escape = Close what is open; the focus goes back to the table
keys-pages = Go to a tab at the top of the page
keys-rows = Previous and next row
keys-page = A screen up or down
keys-ends = First and last row
keys-enter = Open the details
keys-tabs = Previous and next tab
keys-filter = Filter what is loaded; Esc leads back to the rows
keys-json = Original JSON
keys-copy = Copy the original JSON
keys-sideways = Previous and next cell
key-arrows = ↑ ↓
key-sideways = ← →
key-page = Page Up, Page Down
key-ends = Home, End
key-enter = Enter
key-escape = Esc
key-digits = 1 to { $last }

## Sign-in errors

auth-interaction-title = Sign in to go on
auth-interaction-detail = Microsoft wants you to sign in before it gives Gatebook access.
auth-consent-title = Consent is needed
auth-consent-detail = Gatebook may not use these permissions for you yet: { $scopes }. It only reads.
auth-admin-consent-title = An administrator must allow this
auth-admin-consent-detail = Your organisation lets only administrators allow these permissions: { $scopes }. Gatebook only reads. Send the request to one, and try again once it is granted.
auth-misconfigured-title = Sign-in is not set up correctly
auth-misconfigured-detail = Microsoft does not accept the app registration or the settings. Whoever set them up can mend that; signing in again does not help.
auth-client-missing-title = No app registration is named yet
auth-client-missing-detail = Enter the application (client) id of your organisation’s app registration in the settings.
auth-app-unknown-title = This app is not known in the tenant
auth-app-unknown-detail = Check the application (client) id and the tenant in the settings.
auth-redirect-uri-title = The redirect URI is not registered
auth-redirect-uri-detail = Register the URIs that the settings show, as type “single-page application”, exactly as written.
auth-tenant-unknown-title = This tenant does not exist
auth-tenant-unknown-detail = Check the tenant in the settings: a domain or a tenant id.
auth-other-tenant-title = This account belongs to another tenant
auth-other-tenant-detail = The app registration accepts accounts of its own tenant only. Enter that tenant in the settings, or use an account of it.
auth-popup-blocked-title = The browser blocked the sign-in window
auth-popup-blocked-detail = Allow windows for this page and try again, or choose “In this tab” in the settings.
auth-cancelled-title = Sign-in was cancelled
auth-cancelled-detail = Nothing was changed. You can sign in whenever you like.
auth-busy-title = Another sign-in is under way
auth-busy-detail = Finish it in its window or tab, or reload this page to give it up.
auth-unreachable-title = The sign-in service cannot be reached
auth-unreachable-detail = Check the connection. A proxy or a blocker can be the cause as well. After a failure, trying again can give the same answer for up to a minute.
auth-other-title = Sign-in did not work
auth-other-detail = Microsoft gave a reason that Gatebook does not know. Try again, and give the code to support if it happens again.

## Graph errors

graph-unauthorized-title = Graph no longer accepts the sign-in
graph-unauthorized-detail = Sign in again to go on. What is loaded stays.
graph-permission-title = A permission is missing
graph-permission-detail = Gatebook needs consent for { $scopes } to read this. It only reads.
graph-role-title = You lack the role for this
graph-role-detail = Your account needs one of these directory roles: { $roles }.
graph-licence-title = The tenant lacks the licence for this
graph-licence-detail = Graph gives this report only to tenants with Entra ID P1 or P2. A new licence can take a day to work.
graph-cloud-title = This report does not exist in this cloud
graph-cloud-detail = Microsoft offers it in other clouds only. There is nothing to mend here.
graph-rejected-title = Graph did not accept the request
graph-rejected-detail = Asking for less, or without conditions, may work. The ids below help support.
graph-throttled-title = Graph asked for a long pause
graph-throttled-detail = Too many requests were sent for this app and tenant, or Graph has too much to do. What is loaded stays. You can try again at any time; before the pause is over, Graph will probably refuse again.
graph-throttled-others-title = Someone else seems to use up this app registration’s requests
graph-throttled-others-detail = Graph allows 5 requests in 10 seconds for each app registration in a tenant, whoever sends them, and has refused fewer than that from here for a long time. What is loaded stays. Try again when the others are done, or use an app registration of your own, which has a limit of its own.
graph-unavailable-title = Graph gave no usable answer
graph-unavailable-detail = It was tried several times. A shorter range often works; what is loaded stays.
graph-unreachable-title = Graph cannot be reached
graph-unreachable-detail = No answer came back, although this computer seems to be online. An extension that blocks requests, a proxy or a firewall can be the cause, or an error page of the service. What is loaded stays.
graph-offline-title = This computer is offline
graph-offline-detail = Nothing can be asked for without a connection. Connect it and try again; what is loaded stays.
graph-foreign-link-title = Graph pointed somewhere else
graph-foreign-link-detail = The link to the next page did not lead to Graph, so it was not followed. What is loaded stays. Please tell support.

## Other errors

query-dataset-title = The data is no longer open
query-dataset-detail = The part that holds the rows has ended. Open the data again.
query-column-title = This column is unknown
query-column-detail = The view asks for a column that this version does not have.
query-scope-title = Graph cannot be asked for this
query-scope-detail = The link asks for something that Graph does not filter by. Remove the conditions to go on.
query-row-title = This row is no longer there
query-row-detail = It was replaced while it was open. Choose another row.
query-cancelled-title = The search was stopped
query-cancelled-detail = Something else was asked before it was done. Ask again to see the answer.
query-question-title = The rows cannot be counted like this
query-question-detail = The view asks for too much at once, or for a time range that ends before it begins.
keep-memory-only-title = This browser keeps no rows for this page
keep-memory-only-detail = A private window or its settings forbid it. Everything works, and is gone when the tab closes. Open Gatebook in an ordinary window, or allow this site to save data.
keep-full-title = There is no room to keep more rows
keep-full-detail = The browser gives this page no more space. What was kept before is still there, and what is loaded stays in memory. Make room on this device, or load a shorter range; then try again in the settings.
keep-in-use-title = Another tab keeps rows of this account
keep-in-use-detail = Only one tab can, so this one works in memory. To have the kept rows here, close the other tab and reload this one.
keep-nothing-title = No rows are kept
keep-nothing-detail = Nothing was kept here, or that was interrupted.
keep-version-title = The kept rows are from another version
keep-version-detail = This version cannot read them. They are loaded from Graph again.
keep-damaged-title = The kept rows are damaged
keep-damaged-detail = They were cut or changed on the disk. What is missing is loaded from Graph again.
keep-forgotten-title = What was kept is deleted
keep-forgotten-detail = In another tab somebody signed out, opened another account or tenant, or deleted what was kept. This tab keeps nothing more; what is loaded stays in memory.
keep-failed-title = The rows could not be kept
keep-failed-detail = The browser refused to write or read its files. What is loaded stays in memory. Try again in the settings.
worker-title = The data worker did not start
worker-detail = Its script was refused or did not arrive. Reload the page; if that does not help, the page’s files may be incomplete.
worker-kept-title = The data worker stopped while it read the kept rows
worker-kept-detail = Reload the page to try once more. If it stops again, delete the kept rows in the settings: then everything is loaded from Graph, and nothing there is lost.
worker-died-title = The data worker stopped
worker-died-detail = Everything it held is gone from memory. Open the data again to go on.
storage-title = Settings cannot be kept
storage-detail = This browser does not let the page keep anything. What you choose lasts until the page closes.
memory-title = Memory for rows is full
memory-detail = What is loaded stays and can be used. Ask for a shorter range to see other rows.
memory-only-title = Memory for rows is full
memory-only-detail = What is loaded stays and can be used. This browser gives this page no files, or no more room in them, so that records cannot leave memory. Ask for a shorter range to see other rows.
panic-title = Gatebook has stopped
panic-detail = A fault in the program, not in your data. Nothing was sent anywhere. Reload the page to go on; if it happens again, please report the text below.
panic-reload = Reload
support-copy = Copy ids for support
support-title = For support
quoted-title = The service said
notice-until = Graph asked for no request before
notice-dismiss = Dismiss
action-again = Try again
action-sign-in = Sign in
action-switch = Use another account…
action-start = Go to the start page
action-consent = Continue to consent
action-settings = Open the settings
action-reload = Reload
action-conditions = Remove the conditions

## Why there is nothing to see

diagnosis-checked = What was checked
diagnosis-do = What you can do
diagnosis-signed-out-kind = Not signed in
diagnosis-signed-out-title = Sign in to read { $report }
diagnosis-signed-out-lead = Gatebook would ask Graph for { $report }, in this browser and for your eyes only.
diagnosis-consent-kind = Consent needed
diagnosis-consent-title = Allow Gatebook to read { $report }
diagnosis-admin-consent-title = An administrator must allow Gatebook to read { $report }
diagnosis-consent-lead = Gatebook asks for reading only; it can change nothing.
diagnosis-sign-in-kind = Sign-in needed
diagnosis-sign-in-title = Sign in again to read { $report }
diagnosis-refused-kind = Refused
diagnosis-permission-title = Gatebook lacks a permission to read { $report }
diagnosis-role-title = You lack the role that may read { $report }
diagnosis-licence-title = The tenant lacks the licence for { $report }
diagnosis-cloud-title = This cloud has no { $report }
diagnosis-failed-kind = Failed
diagnosis-throttled-kind = Throttled
diagnosis-offline-kind = Offline
diagnosis-unreachable-kind = Blocked or unreachable
diagnosis-too-old-title = Graph does not keep { $report } for so long
diagnosis-too-old-lead = What was asked for is older. Such records exist only where your organisation has them sent, to Log Analytics for example.
check-connection = Connection
check-connection-text = this computer has none
check-connection-there-text = this computer seems to be online
check-answer = Answer
check-answer-text = none came from { $graph }
diagnosis-waiting-kind = Waiting
diagnosis-note-kind = Note
diagnosis-empty-kind = Empty
diagnosis-empty-title = There are no { $report } in what was asked for
diagnosis-empty-lead = Everything that was asked for has arrived, and there is nothing in it. This is an answer, not a fault.
diagnosis-stopped-kind = Stopped
diagnosis-stopped-title = Stopped before the first row came
diagnosis-stopped-lead = Nothing is lost. Continue whenever you like.
check-signed-in = Signed in
check-signed-in-text = as { $account }
check-role = Role
check-licence = Licence
licence-premium = Entra ID P1 or P2
check-role-licence = Role and licence
check-role-free-text = any of { $roles }
check-role-premium-text = any of { $roles }; Entra ID P1 or P2
check-cloud = Cloud
check-cloud-text = the report exists in { $cloud }
check-cloud-unknown-text = nobody here knows whether { $cloud } has the report
check-cloud-missing-text = the report does not exist in { $cloud }
cloud-global = the global cloud
cloud-us-gov = the US Government cloud
cloud-us-dod = the US DoD cloud
cloud-china = the cloud in China
cloud-described = the cloud { $id }
check-where = Where data goes
check-where-text = from { $graph } to this browser, nowhere else
check-where-sample-text = it is made up in this browser
check-asked = Asked of Graph
check-asked-text = { $requests ->
        [one] { $requests } request
       *[other] { $requests } requests
    }, { $pages ->
        [one] { $pages } page
       *[other] { $pages } pages
    }, { $rows ->
        [one] { $rows } row
       *[other] { $rows } rows
    }
check-outside = Outside the scope
check-outside-text = { $rows } rows came that do not match; they are kept, but not shown
check-conditions = Conditions
check-conditions-text = { $count ->
    [one] one condition narrows the scope
   *[other] { $count } conditions narrow the scope
}
check-access = Consent, role and licence
check-access-text = in order
check-retention = Retention
check-retention-text = 7 days without a premium licence, 30 days with one
check-retention-known-text = Graph refuses what is before { $until }
check-late = Late rows
check-late-text = Graph can be several minutes behind
choice-sign-in-title = Use your own tenant
choice-sign-in-text = Opens Microsoft’s sign-in page, then comes back here.
choice-sign-in-label = Sign in with Microsoft
choice-sign-in-again-title = Sign in
choice-sign-in-again-text = Opens Microsoft’s sign-in page, then comes back here.
choice-sign-in-again-label = Sign in
choice-continue-title = Go on
choice-continue-text = Gatebook continues where it stopped.
choice-continue-label = Continue
choice-set-up-title = Use your own tenant
choice-set-up-text = Gatebook needs to know the app registration of your organisation first.
choice-set-up-label = Set up sign-in
choice-sample-title = Look around first
choice-sample-text = A made-up company. It needs no account.
choice-sample-label = Explore with sample data
choice-new-tab-title = Leave this frame
choice-new-tab-text = Gatebook signs nobody in inside a frame that it does not know.
choice-new-tab-label = Open in a new tab
choice-consent-title = Give consent
choice-consent-text = Opens Microsoft’s consent page. An administrator can consent for the whole organisation there.
choice-consent-label = Continue to consent
choice-admin-link-title = Or send just the link
choice-admin-link-text = It leads an administrator to Microsoft’s consent page, and grants every permission that the app registration lists.
choice-admin-link-label = Copy the link
choice-granted-title = Once it is granted
choice-granted-text = Asks for access again. A grant can take a few minutes to work.
choice-granted-label = Try again
choice-start-title = See what there is
choice-start-text = The start page lists the other reports.
choice-start-label = Go to the start page
choice-ask-admin-title = Ask an administrator
choice-ask-admin-text = A text to send, with what Gatebook asks for and the link that grants it.
choice-ask-admin-label = Copy the request
choice-ask-role-title = Ask for the role
choice-ask-role-text = A text to send to a Privileged Role Administrator. It names the role, the report and your account.
choice-ask-role-label = Copy the request
choice-activated-title = Activate it, if you are eligible
choice-activated-text = Roles given through Privileged Identity Management work about a minute after activation.
choice-activated-label = I have the role, try again
choice-again-title = Ask again
choice-again-text = Sends the same request once more.
choice-again-label = Try again
choice-again-early-title = Ask again
choice-again-early-text = You can ask at any time. Before the pause is over, Graph will probably refuse again, and lengthen it.
choice-again-early-label = Try again
choice-unblock-title = Let the requests through
choice-unblock-text = Make an exception for this page in whatever blocks requests in this browser. In a company’s network, ask whoever runs the proxy to allow Graph’s host.
choice-unblock-label = Copy the host’s name
choice-kept-title = Ask for what is kept
choice-kept-text = Asks Graph for the last seven days, which it keeps for every tenant.
choice-kept-label = Ask for seven days
choice-own-app-title = Use an app registration of your own
choice-own-app-text = It has a limit of its own. The settings name the one in use.
choice-own-app-label = Open the settings
choice-settings-title = Check the settings
choice-settings-text = Application id, tenant and the redirect URIs to register are there.
choice-settings-label = Open the settings
choice-reload-title = Start afresh
choice-reload-text = Loads the page again. Rows are fetched anew.
choice-reload-label = Reload the page
choice-no-conditions-title = Take the conditions away
choice-no-conditions-text = Asks Graph for the same range without them.
choice-no-conditions-label = Remove the conditions
choice-look-further-title = Look further back
choice-look-further-text = Asks Graph for the next longer range.
choice-look-further-label = Ask for more
choice-ask-less-title = Ask for less
choice-ask-less-text = A shorter range is easier for Graph.
choice-ask-less-label = Ask for a shorter range
consent-request = Please allow Gatebook to read activity reports in our tenant ({ $tenant }). It needs these delegated permissions of Microsoft Graph: { $scopes }. It only reads, and the data stays in the browser of whoever signs in. Its application (client) id is { $client }. This link lets an administrator grant every permission that its registration lists: { $url }
role-request = Please give { $account } one of these directory roles: { $roles }. It is needed to read { $report } in Gatebook.

## Permissions

scope-User-Read = read the profile of whoever signs in
scope-AuditLog-Read-All = read audit and sign-in logs
scope-Directory-Read-All = read the directory, which some tenants ask for beside the logs
scope-Policy-Read-ConditionalAccess = see which Conditional Access policies applied
scope-CustomSecAttributeAuditLogs-Read-All = read audits of custom security attributes
scope-ProvisioningLog-Read-All = read provisioning records

## Groups of the details

group-basic = Basic
group-user = User
group-workload = Workload
group-agent = Agent
group-application = Application
group-resource = Resource
group-location = Location
group-network = Network
group-device = Device
group-authentication = Authentication
group-conditionalAccess = Conditional Access
group-risk = Risk
group-session = Session and token
group-activity = Activity
group-initiator = Initiated by
group-targets = Targets
group-additional = Additional details
group-status = Status
group-source = Source
group-target = Target
group-steps = Steps
group-modifiedProperties = Modified properties
group-job = Job
group-other = Other

## Columns. A label that is missing here is made from the column's id.

column-createdDateTime = Time
column-activityDateTime = Time
column-id = ID
column-signIns-id = Request ID
column-outcome = Status
column-status-errorCode = Error code
column-status-failureReason = Failure reason
column-status-additionalDetails = Additional details
column-signInEventTypes = Event types
column-isInteractive = Interactive
column-correlationId = Correlation ID
column-originalRequestId = Original request ID
column-flaggedForReview = Flagged for review
column-processingTimeInMilliseconds = Processing time, ms
column-userDisplayName = User
column-userPrincipalName = User principal name
column-userId = User ID
column-userType = User type
column-signInIdentifier = Sign-in identifier
column-signInIdentifierType = Sign-in identifier type
column-alternateSignInName = Alternate sign-in name
column-homeTenantId = Home tenant ID
column-homeTenantName = Home tenant
column-crossTenantAccessType = Cross-tenant access
column-servicePrincipalName = Service principal
column-servicePrincipalId = Service principal ID
column-managedServiceIdentity-msiType = Managed identity type
column-appDisplayName = Application
column-appId = Application ID
column-appOwnerTenantId = App owner tenant ID
column-clientAppUsed = Client app
column-resourceDisplayName = Resource
column-resourceId = Resource ID
column-resourceServicePrincipalId = Resource service principal ID
column-resourceTenantId = Resource tenant ID
column-resourceOwnerTenantId = Resource owner tenant ID
column-locationText = Location
column-location-city = City
column-location-state = State
column-location-countryOrRegion = Country or region
column-ipAddress = IP address
column-ipAddressFromResourceProvider = IP address seen by the resource
column-globalSecureAccessIpAddress = Global Secure Access IP address
column-initiatedBy-user-ipAddress = IP address
column-autonomousSystemNumber = Autonomous system number
column-isThroughGlobalSecureAccess = Through Global Secure Access
column-isTenantRestricted = Tenant restricted
column-networkLocationDetails = Named location
column-deviceDetail-displayName = Device name
column-deviceDetail-deviceId = Device ID
column-deviceDetail-isCompliant = Compliant
column-deviceDetail-isManaged = Managed
column-deviceDetail-trustType = Join type
column-userAgent = User agent
column-authenticationRequirement = Authentication requirement
column-authenticationDetails = Step
column-authenticationDetails-authenticationStepDateTime = Time
column-authenticationDetails-authenticationMethod = Method
column-authenticationDetails-authenticationMethodDetail = Method detail
column-authenticationDetails-authenticationStepResultDetail = Result detail
column-authenticationDetails-authenticationStepRequirement = Requirement
column-authenticationRequirementPolicies = Requirement
column-authenticationProcessingDetails = Processing detail
column-conditionalAccessAudiences = Conditional Access audiences
column-authenticationContextClassReferences = Authentication context
column-conditionalAccessStatus = Conditional Access
column-appliedConditionalAccessPolicies = Policy
column-appliedConditionalAccessPolicies-displayName = Name
column-appliedConditionalAccessPolicies-id = Policy ID
column-appliedConditionalAccessPolicies-includeRulesSatisfied = Included because
column-appliedConditionalAccessPolicies-excludeRulesSatisfied = Excluded because
column-riskEventTypes = Risk event types, old
column-riskEventTypes-v2 = Risk event types
column-riskLevelDuringSignIn = Risk during sign-in
column-riskLevelAggregated = Aggregated risk
column-sessionId = Session ID
column-sessionLifetimePolicies = Session lifetime policy
column-uniqueTokenIdentifier = Unique token identifier
column-activityDisplayName = Activity
column-loggedByService = Service
column-category = Category
column-operationType = Operation type
column-resultReason = Result reason
column-initiator = Initiated by
column-target = Target
column-initiatedBy-user-displayName = User
column-initiatedBy-user-userPrincipalName = User principal name
column-initiatedBy-user-id = User ID
column-initiatedBy-app-displayName = Application
column-initiatedBy-app-appId = Application ID
column-targetResources = Target
column-targetResources-displayName = Name
column-targetResources-id = Target ID
column-targetResources-modifiedProperties = Modified property
column-targetResources-modifiedProperties-displayName = Property
column-additionalDetails = Detail
column-identity = Identity
column-provisioningAction = Action
column-sourceSystem-displayName = Source system
column-targetSystem-displayName = Target system
column-provisioningSteps = Step
column-modifiedProperties = Property
column-modifiedProperties-displayName = Property
column-durationInMilliseconds = Duration, ms
column-changeId = Change ID
column-cycleId = Cycle ID
column-jobId = Job ID
column-tenantId = Tenant ID

## Headings: shorter or more telling than the label, for tables where no group says what the column is about

heading-sourceIdentity-displayName = Source identity
heading-sourceIdentity-id = Source identity ID
heading-sourceIdentity-identityType = Source identity type
heading-targetIdentity-displayName = Target identity
heading-targetIdentity-id = Target identity ID
heading-targetIdentity-identityType = Target identity type
heading-servicePrincipal-displayName = App
heading-provisioningStatusInfo-status = Provisioning status
heading-modifiedProperties-displayName = Modified property
heading-modifiedProperties-newValue = New value
heading-targetResources-id = Target ID
heading-targetResources-displayName = Target
heading-targetResources-modifiedProperties-newValue = New value
heading-initiatedBy-user-ipAddress = Initiator’s IP address
heading-deviceDetail-operatingSystem = Operating system
heading-authenticationDetails-authenticationStepResultDetail = Authentication result

## Questions

question-admin-group-access-blank = Id of a group or role
question-app-users-blank = Name of the app
question-user-pattern-blank = User principal name
question-ask-label = Ask. { $blank }
question-admin-group-access = Who granted admin group access to a directory user?
question-app-users = Which users are signing in to a recently acquired app?
question-password-resets = How many password resets were made within the directory?
question-user-pattern = What is the sign-in pattern of a user?
question-users-last-week = How many users have signed in during the last week?
question-sign-in-status = What is the status of these sign-ins?
question-servicenow-groups = What groups were successfully created in ServiceNow?
question-aws-roles = What roles were imported from Amazon Web Services?
question-workday-failures = What users were unsuccessfully created from Workday?

## Why nobody can sign in here

sign-in-blocked-title = Nobody can sign in here
sign-in-blocked-framed = Nobody signs in inside this frame.
sign-in-blocked-insecure = Signing in needs an address that begins with https.
sign-in-blocked-form_page = Nobody can sign in on this page.
sign-in-blocked-form_extension = Signing in is not offered in the extension yet. The sample works here.
sign-in-blocked-form_embed = Signing in is not offered in the embedded view yet. The sample works here.

# The histogram
histogram-title-second = { $rows } per { $count ->
    [1] second
   *[other] { $count } seconds
}
histogram-title-minute = { $rows } per { $count ->
    [1] minute
   *[other] { $count } minutes
}
histogram-title-hour = { $rows } per { $count ->
    [1] hour
   *[other] { $count } hours
}
histogram-title-day = { $rows } per { $count ->
    [1] day
   *[other] { $count } days
}
histogram-length-second = { $count ->
    [1] 1 second
   *[other] { $count } seconds
}
histogram-length-minute = { $count ->
    [1] 1 minute
   *[other] { $count } minutes
}
histogram-length-hour = { $count ->
    [1] 1 hour
   *[other] { $count } hours
}
histogram-length-day = { $count ->
    [1] 1 day
   *[other] { $count } days
}
histogram-span = { $from } – { $to }
histogram-hint = Drag or press H to select a range
histogram-whole = Show all times
histogram-as-table = As a table
histogram-table = Rows over time
histogram-time = Time
histogram-all = All
histogram-missing-head = Not loaded
histogram-choose = Select
histogram-only = Only these
histogram-only-label = Only these: { $time }
histogram-no-outcome = No outcome
histogram-none = no rows
histogram-rows = { $count ->
    [one] { $count } row
   *[other] { $count } rows
}: { $parts }
histogram-counting = The rows are being counted.
histogram-slider = Range of time
histogram-slider-keys = Arrow keys go from one bar to the next, with Shift they mark more of them. Enter shows only what is marked, Escape gives up, Backspace shows all times.
histogram-bucket = { $time }, { $rows }
histogram-marked = { $time }, { $length }, { $rows }
histogram-summary = { $title }, { $from } to { $to }. { $rows }.
histogram-busiest = Most are in { $time }, { $count }.
histogram-failures = Most failures are in { $time }, { $count }.
histogram-missing = From { $from } to { $to }: { $state }.
histogram-part-loading = loading
histogram-part-waiting = not loaded yet
histogram-part-failed = failed
histogram-part-outside = not kept by Graph
histogram-part-unasked = not asked for
keys-group-histogram = Histogram
keys-histogram = Go to the histogram
keys-histogram-move = From bar to bar; with Shift, mark more of them
keys-histogram-apply = Show only what is marked
keys-histogram-whole = Show all times
key-backspace = Backspace
