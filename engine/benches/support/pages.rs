//! Pages of sign-ins, as Graph answers with them.

use std::{env, fs, path::Path};

use engine::graph::Page;
use tenant::{Graph, Scale, TenantOptions, http};

use super::NOW;

/// Names a folder of recorded pages to measure with.
const FOLDER: &str = "GATEBOOK_BENCH_PAGES";

/// So many pages of a thousand sign-ins each: recorded ones, or made up on the spot and the same every time.
pub fn pages(count: usize) -> Vec<Vec<u8>> {
    match env::var_os(FOLDER) {
        Some(folder) => recorded(Path::new(&folder), count),
        None => made_up(count),
    }
}

fn recorded(folder: &Path, count: usize) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{FOLDER}: {}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_page(path)).collect();
    paths.sort();
    paths.truncate(count);
    paths.iter().map(|path| fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).collect()
}

fn is_page(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("page-") && name.ends_with(".json")
}

fn made_up(count: usize) -> Vec<Vec<u8>> {
    // Somewhat more than half of a tenant's rows are of this kind.
    let rows = count as u64 * 2_000;
    let options = TenantOptions { seed: 2_026, days: 30, scale: Scale::Rows(rows), now: NOW };
    let mut graph = Graph::for_sample(options);
    let mut next = Some(
        "https://graph.microsoft.com/beta/auditLogs/signIns?$top=1000&\
         $filter=signInEventTypes/any(t:%20t%20eq%20'nonInteractiveUser')"
            .to_owned(),
    );
    let mut pages = Vec::new();
    while let Some(url) = next.filter(|_| pages.len() < count) {
        let request = http::Request::get(&url, &[]).expect("the address is one of Graph's");
        let response = graph.answer(&request, None, NOW);
        assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
        next = Page::read(&response.body).next_link;
        pages.push(response.body);
    }
    pages
}
