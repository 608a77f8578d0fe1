//! Names that people type for columns.
//!
//! A name is a column's id, or the end of it from some segment on, or its name in Log Analytics; in any case of letters,
//! without the `[]` of lists if so wished, with dots for slashes if so wished. Of several columns that share an end, the
//! one is meant that is not deprecated, then the only one outside of lists; where that leaves several, the name is ambiguous.

use super::FilterErrorCode;
use crate::reports::{Column, From, ReportDefinition};

/// The column that a name means.
///
/// # Errors
/// When none or several do, with the id of a column that may have been meant.
pub fn resolve(report: &ReportDefinition, name: &str) -> Result<&'static Column, (FilterErrorCode, Option<String>)> {
    if let Some(column) = report.column(name) {
        return Ok(column);
    }
    let plain = plain(name);
    let end = format!("/{plain}");
    let stages: [&dyn Fn(&Column) -> bool; 3] =
        [&|column| self::plain(column.id) == plain, &|column| self::plain(column.id).ends_with(&end), &|column| {
            column.kql.is_some_and(|kql| self::plain(kql) == plain)
        }];
    for stage in stages {
        let found: Vec<&Column> = report.columns.iter().filter(|column| stage(column)).collect();
        let current = or_all(&found, |column| !column.is_deprecated);
        let single = or_all(&current, |column| !column.is_multi);
        match single[..] {
            [] => {}
            [column] => return Ok(column),
            [column, ..] => return Err((FilterErrorCode::AmbiguousField, Some(column.id.to_owned()))),
        }
    }
    Err((FilterErrorCode::UnknownField, nearest(report, &plain)))
}

fn or_all(columns: &[&'static Column], keep: impl Fn(&Column) -> bool) -> Vec<&'static Column> {
    let kept: Vec<_> = columns.iter().copied().filter(|column| keep(column)).collect();
    if kept.is_empty() { columns.to_vec() } else { kept }
}

fn plain(name: &str) -> String {
    name.replace("[]", "").replace('.', "/").to_lowercase()
}

/// The id of the column whose name is the most like this one; `None` when none is.
fn nearest(report: &ReportDefinition, name: &str) -> Option<String> {
    let names = |column: &Column| {
        let id = plain(column.id);
        let last = id.rsplit('/').next().unwrap_or_default().to_owned();
        [id, last]
    };
    // A third of the letters may be wrong, or the rest of a name may be missing; the latter is the weaker sign.
    let letters = name.chars().count();
    let near = letters.div_ceil(3);
    let likeness = |known: &String| {
        let (whole, beginning) = distances(name, known);
        if whole <= near {
            return Some(whole);
        }
        let is_part = letters >= 3 && known.contains(name) || letters >= 5 && beginning <= near / 2;
        is_part.then_some(near + 1 + beginning.min(whole))
    };
    let distance = |column: &Column| names(column).iter().filter_map(likeness).min();
    // A derived column stands for those that it reads, so that it comes first among equals.
    let rank = |column: &Column| (column.is_deprecated, column.is_multi, !matches!(column.from, From::Derived(_)));
    let found = report.columns.iter().filter_map(|column| Some((distance(column)?, rank(column), column.id)));
    found.min().map(|(_, _, id)| id.to_owned())
}

/// Letters to add, drop, change or swap with their neighbour to turn one name into the other, and into its best beginning.
fn distances(left: &str, right: &str) -> (usize, usize) {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, char) in left.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let changed = last[column] + usize::from(char != other);
            let mut least = changed.min(last[column + 1] + 1).min(next[column] + 1);
            let is_swapped = row > 0 && column > 0 && left[row - 1] == *other && right[column - 1] == *char;
            if is_swapped {
                least = least.min(before[column - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut last, next);
    }
    (last[right.len()], last.into_iter().min().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports;

    fn check(report: &str, table: &str) {
        let report = reports::report(report).expect("the report is defined");
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (name, expected) = line.split_once(" -> ").expect("name -> column");
            let found = match resolve(report, name.trim()) {
                Ok(column) => column.id.to_owned(),
                Err((code, suggestion)) => format!("{code:?} {}", suggestion.unwrap_or_default()),
            };
            assert_eq!(found.trim(), expected.trim(), "{name}");
        }
    }

    #[test]
    fn a_name_is_an_id_its_end_or_the_name_in_log_analytics() {
        check(
            "signIns",
            "status/errorCode                               -> status/errorCode
             STATUS.ERRORCODE                               -> status/errorCode
             errorcode                                      -> status/errorCode
             ResultType                                     -> status/errorCode
             city                                           -> location/city
             LocationDetails.countryOrRegion                -> location/countryOrRegion
             geoCoordinates/latitude                        -> location/geoCoordinates/latitude
             riskEventTypes_v2                              -> riskEventTypes_v2[]
             id                                             -> id
             appliedConditionalAccessPolicies/displayName   -> appliedConditionalAccessPolicies[]/displayName
             eventType                                      -> appliedEventListeners[]/eventType
             upn                                            -> UnknownField",
        );
        check(
            "directoryAudits",
            "userPrincipalName                -> initiatedBy/user/userPrincipalName
             targetResources/displayName      -> targetResources[]/displayName
             targetResources.modifiedProperties.newValue -> targetResources[]/modifiedProperties[]/newValue
             key                              -> additionalDetails[]/key
             displayName                      -> AmbiguousField initiatedBy/user/displayName",
        );
        check(
            "provisioning",
            "errorCode -> provisioningStatusInfo/errorInformation/errorCode
             status    -> provisioningStatusInfo/status
             DurationMs -> durationInMilliseconds",
        );
    }

    #[test]
    fn a_slip_is_told_from_a_name_that_is_like_none() {
        check(
            "signIns",
            "usrPrincipalName  -> UnknownField userPrincipalName
             erorCode          -> UnknownField status/errorCode
             contry            -> UnknownField location/countryOrRegion
             aplicationName    -> UnknownField
             ipAdress          -> UnknownField ipAddress
             createdDatetiem   -> UnknownField createdDateTime
             browserr          -> UnknownField deviceDetail/browser
             country           -> UnknownField location/countryOrRegion
             principal         -> UnknownField userPrincipalName
             xyzzy             -> UnknownField",
        );
    }
}
