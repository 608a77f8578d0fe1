//! The content policy: what the page may load and reach, and a check that nothing in it needs more.

use crate::{
    clouds::Cloud,
    html::{self, Tag},
};

/// For `<meta http-equiv>`. The page reaches its own files and the hosts of one cloud, nothing else.
pub fn page(cloud: &Cloud) -> String {
    policy(cloud, "'self' blob:")
}

/// For the extension's manifest, where workers start from their files and blobs are refused.
pub fn extension(cloud: &Cloud) -> String {
    policy(cloud, "'self'")
}

fn policy(cloud: &Cloud, workers: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self' {graph} {login}; worker-src {workers}; form-action 'none'; base-uri 'none'; \
         require-trusted-types-for 'script'; trusted-types default gatebook",
        graph = cloud.graph,
        login = cloud.login,
    )
}

/// Everything in a page that its policy would refuse, or that would load unchecked.
pub fn problems(html: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let tags = html::tags(html);
    for tag in &tags {
        let shown = &html[tag.start..tag.end];
        let loads = match tag.name.as_str() {
            "script" => tag.attribute("src"),
            "link" if has_word(tag, "rel", "stylesheet") || has_word(tag, "rel", "modulepreload") => {
                tag.attribute("href")
            }
            _ => None,
        };
        match (tag.name.as_str(), loads) {
            ("script", None) => problems.push(format!("inline script: {shown}")),
            ("style", _) => problems.push(format!("inline style: {shown}")),
            ("base", _) => problems.push(format!("base address: {shown}")),
            (_, Some(url)) if !is_relative(url) => problems.push(format!("not a relative address: {shown}")),
            (_, Some(_)) if tag.attribute("integrity").is_none() => problems.push(format!("no integrity: {shown}")),
            _ => {}
        }
        for (name, value) in &tag.attributes {
            let value = value.trim_start().to_ascii_lowercase();
            match name.as_str() {
                "style" => problems.push(format!("inline style: {shown}")),
                "srcdoc" => problems.push(format!("inline frame: {shown}")),
                handler if handler.starts_with("on") => problems.push(format!("inline event handler: {shown}")),
                _ if value.starts_with("javascript:") => problems.push(format!("script address: {shown}")),
                _ => {}
            }
        }
    }
    let policy = tags.iter().position(|tag| {
        tag.attribute("http-equiv").is_some_and(|value| value.eq_ignore_ascii_case("content-security-policy"))
    });
    let first_load = tags.iter().position(|tag| matches!(tag.name.as_str(), "script" | "link"));
    match (policy, first_load) {
        (None, _) => problems.push("no content policy".to_owned()),
        (Some(policy), Some(load)) if load < policy => {
            problems.push("something loads before the content policy".to_owned())
        }
        _ => {}
    }
    problems
}

fn has_word(tag: &Tag, attribute: &str, word: &str) -> bool {
    tag.attribute(attribute).is_some_and(|value| value.split_whitespace().any(|part| part.eq_ignore_ascii_case(word)))
}

fn is_relative(url: &str) -> bool {
    !url.starts_with('/') && !url.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clouds;

    const META: &str = r#"<meta http-equiv="Content-Security-Policy" content="default-src 'none'">"#;

    fn check(body: &str, expected: &[&str]) {
        assert_eq!(problems(&format!("{META}{body}")), expected, "{body}");
    }

    #[test]
    fn a_page_of_hashed_files_passes() {
        check(
            r#"<link rel="stylesheet" href="./s-1.css" integrity="sha384-x"><script type="module" src="./a-1.js" integrity="sha384-x"></script>"#,
            &[],
        );
        check(r#"<p hidden class="on">on=off, style, 1 &lt; 2</p><!-- <script>x</script> -->"#, &[]);
    }

    #[test]
    fn inline_code_is_found() {
        check("<script>start()</script>", &["inline script: <script>"]);
        check("<SCRIPT type=module>start()</SCRIPT>", &["inline script: <SCRIPT type=module>"]);
        check("<style>p { color: red }</style>", &["inline style: <style>"]);
        check("<p style='color: red'>", &["inline style: <p style='color: red'>"]);
        check("<img src=x OnError=alert(1)>", &["inline event handler: <img src=x OnError=alert(1)>"]);
        check("<a href=' javascript:alert(1)'>", &["script address: <a href=' javascript:alert(1)'>"]);
        check("<iframe srcdoc='x'>", &["inline frame: <iframe srcdoc='x'>"]);
    }

    #[test]
    fn files_from_elsewhere_or_without_a_digest_are_found() {
        check("<script src=./a.js></script>", &["no integrity: <script src=./a.js>"]);
        check(
            "<script src=https://cdn.example/a.js integrity=x></script>",
            &["not a relative address: <script src=https://cdn.example/a.js integrity=x>"],
        );
        check(
            "<link rel='preload stylesheet' href=/a.css integrity=x>",
            &["not a relative address: <link rel='preload stylesheet' href=/a.css integrity=x>"],
        );
        check("<base href=/x/>", &["base address: <base href=/x/>"]);
    }

    #[test]
    fn the_policy_must_come_first() {
        assert_eq!(problems("<p>"), ["no content policy"]);
        assert_eq!(
            problems(&format!("<script src=./a.js integrity=x></script>{META}")),
            ["something loads before the content policy"]
        );
    }

    #[test]
    fn a_page_reaches_the_hosts_of_its_cloud_only() {
        let described = [
            "own",
            "https://login.cloud.example",
            "https://graph.cloud.example",
            "https://portal.cloud.example",
            "Own",
        ];
        let own = clouds::checked(described).expect("a cloud with everything");
        for cloud in clouds::CLOUDS.iter().chain([own]) {
            for policy in [page(cloud), extension(cloud)] {
                let reached: Vec<_> = policy.split([' ', ';']).filter(|word| word.contains("//")).collect();
                assert_eq!(reached, [cloud.graph, cloud.login], "{policy}");
            }
        }
    }
}
