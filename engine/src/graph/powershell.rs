//! The requests of a scope as a script for PowerShell, for people who fetch without this page.

use super::PREFER;
use crate::{
    clouds::Cloud,
    limits::{BACKOFF_MAX, BUDGET_MARGIN, BUDGET_REQUESTS, BUDGET_WINDOW, TRIES_MAX},
    reports::{Fetch, ReportDefinition},
};

/// What the script says to people.
#[derive(Clone, Copy, Debug)]
pub struct ScriptWords<'w> {
    /// What it does, in lines that stand at its top.
    pub about: &'w str,
    /// Why it stops at a next link that leads elsewhere.
    pub foreign_link: &'w str,
    /// Why it stops at an answer that is no page.
    pub no_page: &'w str,
}

/// A script that signs somebody in with Microsoft's own app, follows the pages from this address on, and writes the records
/// into a file. `tenant` is the tenant to sign in to, or `None` for the person's own.
///
/// It needs PowerShell 7: times that an older one reads do not come out as Graph writes them.
pub fn script(
    cloud: &Cloud,
    tenant: Option<&str>,
    report: &ReportDefinition,
    fetch: &Fetch,
    url: &str,
    words: &ScriptWords<'_>,
) -> String {
    let needs = ["-Version 7.0", "-Modules Microsoft.Graph.Authentication"];
    let mut lines: Vec<String> = needs.iter().map(|need| format!("#Requires {need}")).collect();
    lines.extend(words.about.split(['\n', '\r']).map(|line| format!("# {line}")));
    let scopes: Vec<String> = report.access.scopes_in(cloud.id).iter().map(|scope| quoted(scope)).collect();
    let tenant = tenant.map(|tenant| format!(" -TenantId {}", quoted(tenant))).unwrap_or_default();
    let file = format!("{}-{}-", report.id.as_str(), fetch.id);
    lines.push(format!(
        "Connect-MgGraph -Environment {} -Scopes {}{tenant} -NoWelcome -ErrorAction Stop",
        cloud.environment,
        scopes.join(", ")
    ));
    lines.push(String::new());
    lines.push(format!("$graph = {}", quoted(&format!("{}/", cloud.graph))));
    lines.push(format!("$uri = {}", quoted(url)));
    lines.push(format!("$file = {} + (Get-Date -Format 'yyyyMMdd-HHmmss') + '.json'", quoted(&file)));
    lines.push(format!("$foreignLink = {}", quoted(words.foreign_link)));
    lines.push(format!("$noPage = {}", quoted(words.no_page)));
    let pause = (BUDGET_WINDOW + BUDGET_MARGIN) / BUDGET_REQUESTS;
    for (name, number) in [
        ("pauseMilliseconds", pause.as_millis()),
        ("throttledSeconds", u128::from(BACKOFF_MAX.as_secs())),
        ("triesMax", u128::from(TRIES_MAX)),
    ] {
        lines.push(format!("${name} = {number}"));
    }
    lines.push(format!("$headers = @{{ Prefer = {} }}", quoted(PREFER)));
    lines.join("\n") + PAGES
}

/// What is the same in every script. The module obeys `Retry-After` and tries again three times by itself; when it gives up on a
/// request, its error names the status. What came before an error is written, too.
const PAGES: &str = r#"
$rows = [System.Collections.Generic.List[object]]::new()
$tries = 0
try {
    while ($uri) {
        try {
            $page = Invoke-MgGraphRequest -Method GET -Uri $uri -Headers $headers -OutputType PSObject -ErrorAction Stop
        } catch {
            $tries++
            if ($tries -ge $triesMax -or $_.Exception.Message -notmatch 'TooManyRequests') { throw }
            Start-Sleep -Seconds $throttledSeconds
            continue
        }
        if ($null -eq $page.value) { throw $noPage }
        $tries = 0
        foreach ($row in $page.value) { $rows.Add($row) }
        Write-Progress -Activity $file -Status $rows.Count
        $uri = $page.'@odata.nextLink'
        if ($uri) {
            if (-not $uri.StartsWith($graph, [StringComparison]::OrdinalIgnoreCase)) { throw $foreignLink }
            Start-Sleep -Milliseconds $pauseMilliseconds
        }
    }
} finally {
    ConvertTo-Json -InputObject $rows -Depth 100 -Compress | Set-Content -LiteralPath $file -Encoding utf8
}
Get-Item -LiteralPath $file
"#;

/// A text that PowerShell takes as it is. It reads typographic quotes as plain ones, and two of them as one.
fn quoted(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for char in text.chars() {
        literal.push(char);
        if is_quote(char) {
            literal.push(char);
        }
    }
    literal.push('\'');
    literal
}

fn is_quote(char: char) -> bool {
    matches!(char, '\'' | '\u{2018}'..='\u{201b}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        clouds::CLOUDS,
        filter::{Condition, Operator, Value},
        graph::{Bounds, list_url},
        reports,
    };

    const WORDS: ScriptWords<'_> =
        ScriptWords {
            about: "Interactive sign-ins\nLast 7 days", foreign_link: "It’s elsewhere", no_page: "No page"
        };

    fn script_of(report: &str, fetch: &str, bounds: Bounds, conditions: &[Condition], tenant: Option<&str>) -> String {
        let report = reports::report(report).expect("the report is defined");
        let fetch = report.fetch(fetch).expect("the fetch is defined");
        let url = list_url(CLOUDS[0].graph, report, fetch, bounds, conditions).expect("Graph takes the conditions");
        script(&CLOUDS[0], tenant, report, fetch, &url, &WORDS)
    }

    /// A piece of a script as PowerShell reads it.
    #[derive(Debug, PartialEq)]
    enum Piece {
        Code(String),
        Verbatim(String),
        Comment(String),
    }

    /// Cuts a script into what is code, what is text in single quotes, and what is a comment. `None` when a text does not end. The
    /// script has no text in double quotes.
    fn pieces(script: &str) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut code = String::new();
        let mut chars = script.chars().peekable();
        while let Some(char) = chars.next() {
            if is_quote(char) {
                pieces.push(Piece::Code(std::mem::take(&mut code)));
                let mut text = String::new();
                loop {
                    match chars.next()? {
                        char if is_quote(char) && chars.next_if(|next| is_quote(*next)).is_none() => break,
                        char => text.push(char),
                    }
                }
                pieces.push(Piece::Verbatim(text));
            } else if char == '#' && code.chars().next_back().is_none_or(char::is_whitespace) {
                pieces.push(Piece::Code(std::mem::take(&mut code)));
                let mut comment = String::new();
                while let Some(char) = chars.next_if(|next| !matches!(next, '\n' | '\r')) {
                    comment.push(char);
                }
                pieces.push(Piece::Comment(comment));
            } else {
                code.push(char);
            }
        }
        pieces.push(Piece::Code(code));
        Some(pieces)
    }

    fn code_of(script: &str) -> String {
        let pieces = pieces(script).expect("every text ends");
        let code = pieces.iter().map(|piece| match piece {
            Piece::Code(code) => code.as_str(),
            Piece::Verbatim(_) => "''",
            Piece::Comment(_) => "#",
        });
        code.collect()
    }

    fn texts_of(script: &str) -> Vec<String> {
        let pieces = pieces(script).expect("every text ends");
        let texts = pieces.into_iter().filter_map(|piece| match piece {
            Piece::Verbatim(text) => Some(text),
            Piece::Code(_) | Piece::Comment(_) => None,
        });
        texts.collect()
    }

    #[test]
    fn the_script_signs_in_where_the_report_is_and_asks_what_the_page_asks() {
        let bounds = Bounds { from: Some(1_791_979_200_000), to: None };
        let script =
            script_of("signIns", "servicePrincipal", bounds, &[], Some("8c1d5b4e-0f3a-4f57-9d7e-2b6a1c9e8d70"));
        let head: Vec<&str> = script.lines().take_while(|line| !line.starts_with("$rows")).collect();
        assert_eq!(
            head,
            [
                "#Requires -Version 7.0",
                "#Requires -Modules Microsoft.Graph.Authentication",
                "# Interactive sign-ins",
                "# Last 7 days",
                "Connect-MgGraph -Environment Global -Scopes 'AuditLog.Read.All' -TenantId \
                 '8c1d5b4e-0f3a-4f57-9d7e-2b6a1c9e8d70' -NoWelcome -ErrorAction Stop",
                "",
                "$graph = 'https://graph.microsoft.com/'",
                "$uri = 'https://graph.microsoft.com/beta/auditLogs/signIns?$filter=signInEventTypes/any(t:%20t%20eq%20\
                 %27servicePrincipal%27)%20and%20createdDateTime%20ge%202026-10-14T12:00:00Z&$orderby=createdDateTime\
                 %20desc&$top=1000'",
                "$file = 'signIns-servicePrincipal-' + (Get-Date -Format 'yyyyMMdd-HHmmss') + '.json'",
                "$foreignLink = 'It’’s elsewhere'",
                "$noPage = 'No page'",
                "$pauseMilliseconds = 2200",
                "$throttledSeconds = 120",
                "$triesMax = 5",
                "$headers = @{ Prefer = 'include-unknown-enum-members' }",
            ]
        );
    }

    #[test]
    fn every_fetch_in_every_cloud_has_a_script_with_its_own_address_and_permissions() {
        for cloud in CLOUDS {
            for (report, fetch) in
                reports::ALL.iter().flat_map(|report| report.fetches.iter().map(|fetch| (*report, fetch)))
            {
                let url = list_url(cloud.graph, report, fetch, Bounds::default(), &[]).expect("there is no condition");
                let script = script(cloud, None, report, fetch, &url, &WORDS);
                assert!(script.contains(&format!("\nConnect-MgGraph -Environment {} -Scopes ", cloud.environment)));
                let texts = texts_of(&script);
                let scopes = report.access.scopes_in(cloud.id);
                assert_eq!(texts[..scopes.len()], *scopes);
                let origin = format!("{}/", cloud.graph);
                assert!(url.starts_with(&origin) && texts.contains(&origin) && texts.contains(&url), "{script}");
            }
        }
        let environments: Vec<&str> = CLOUDS.iter().map(|cloud| cloud.environment).collect();
        assert_eq!(environments, ["Global", "USGov", "USGovDoD", "China"]);
    }

    #[test]
    fn braces_and_parentheses_are_closed_in_the_order_in_which_they_were_opened() {
        let mut open = Vec::new();
        for char in code_of(&script_of("signIns", "interactiveUser", Bounds::default(), &[], None)).chars() {
            match char {
                '(' => open.push(')'),
                '{' => open.push('}'),
                '[' => open.push(']'),
                ')' | '}' | ']' => assert_eq!(open.pop(), Some(char)),
                _ => assert_ne!(char, '"', "texts in double quotes are read otherwise"),
            }
        }
        assert_eq!(open, []);
    }

    #[test]
    fn typographic_quotes_are_quotes() {
        assert_eq!(quoted("O'Brien ‘a’ ‚b‛ \"c\" $(d) `e"), "'O''Brien ‘‘a’’ ‚‚b‛‛ \"c\" $(d) `e'");
    }

    proptest! {
        #[test]
        fn a_text_never_leaves_its_quotes(text in "\\PC{0,20}|['\u{2018}-\u{201b}\"`$()\n\r\t\0 ;#]{0,12}|.{0,10}") {
            let piece = pieces(&quoted(&text));
            prop_assert_eq!(piece, Some(vec![Piece::Code(String::new()), Piece::Verbatim(text), Piece::Code(String::new())]));
        }

        #[test]
        fn what_people_and_logs_write_changes_no_code(
            value in "\\PC{0,20}|['\u{2018}-\u{201b}\"`$();#{}\n\r &]{1,12}",
            tenant in "\\PC{0,20}|['\u{2018}-\u{201b}\"`$();#{}\n\r &]{1,12}",
        ) {
            let is = |value: &str| Condition {
                column: "userId".to_owned(),
                operator: Operator::Eq,
                value: Value::Text(value.to_owned()),
            };
            let script_with = |value, tenant| {
                script_of("signIns", "interactiveUser", Bounds::default(), &[is(value)], Some(tenant))
            };
            let script = script_with(&value, &tenant);
            prop_assert_eq!(code_of(&script), code_of(&script_with("a", "b")));
            let texts = texts_of(&script);
            prop_assert_eq!(&texts[1], &tenant);
        }
    }
}
