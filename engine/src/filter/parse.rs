//! Reads the text that people type.
//!
//! | text | means |
//! |---|---|
//! | `ada`, `"ada k"` | some value of any field contains it |
//! | `field:text` | text contains it; a number, flag, outcome, whole address equals it; a time lies within it; an address is in the network |
//! | `field=text`, `field!=text` | is the whole value, is not |
//! | `field:ad*`, `field:*.example`, `field:a?a` | wildcards over the whole value, `*` any run of characters, `?` one; in quotes they are plain characters: `"a b"*` |
//! | `field>5`, `>=`, `<`, `<=` | compares |
//! | `field:*`, `exists:field` | has a value |
//! | `field:(a OR b)` | a list: each value is compared with the field |
//! | `a b`, `a AND b`, `a OR b`, `NOT a`, `-a`, `( )` | a blank is AND, which binds closer than OR |
//! | `2026-11-24`, `"2026-11-24 13:05"`, `now-24h`, `today`, `yesterday` | times; a day means all of it |
//!
//! Words and names are read in any case of letters. Within quotes `\` takes away the meaning of `"` and of itself.
//! A value in quotes that is none of its field's kind is compared as text.

use std::ops::Range;

use super::{
    Condition, Filter, FilterError, FilterErrorCode, Local, Network, Operator, Pattern, Value, escape, fields, fit,
    normal, parse_address, times,
};
use crate::{
    limits::{FILTER_BYTES_MAX, FILTER_DEPTH_MAX},
    reports::{Column, Kind, Link, ReportDefinition},
};

/// The filter that a text means for this report, in its normal form; every row when the text is blank.
///
/// # Errors
/// When the text cannot be read: the first place that is wrong.
pub fn parse(report: &ReportDefinition, text: &str, local: Local<'_>) -> Result<Filter, FilterError> {
    let mut parser = Parser { report, text, at: 0, local, depth: 0 };
    if text.len() > FILTER_BYTES_MAX {
        return Err(parser.error(FilterErrorCode::TooLong, FILTER_BYTES_MAX..text.len()));
    }
    parser.skip_blanks();
    if parser.rest().is_empty() {
        return Ok(Filter::All);
    }
    let filter = parser.any(None)?;
    if !parser.rest().is_empty() {
        return Err(parser.error(FilterErrorCode::UnexpectedParenthesis, parser.at..parser.at + 1));
    }
    let filter = normal(report, &filter);
    // Written out it has more parentheses than it was typed with, and must be readable then.
    if depth(&filter) > FILTER_DEPTH_MAX {
        return Err(parser.error(FilterErrorCode::TooDeep, 0..text.len()));
    }
    Ok(filter)
}

/// Parentheses within each other that [`super::print`] writes.
fn depth(filter: &Filter) -> usize {
    let below = |part: &Filter| usize::from(matches!(part, Filter::And(_) | Filter::Or(_))) + depth(part);
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().map(below).max().unwrap_or(0),
        Filter::Not(inner) => below(inner),
        Filter::All | Filter::Is(_) | Filter::Exists(_) | Filter::Text(_) => 0,
    }
}

/// How a field is compared.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    /// `:`, what fits the column best.
    Fits,
    Is(Operator),
}

/// The field that values are compared with.
#[derive(Clone, Copy)]
struct Field {
    column: &'static Column,
    sign: Sign,
}

/// A value as it was typed: quoted and bare pieces side by side.
struct Typed {
    at: Range<usize>,
    text: String,
    pattern: String,
    is_wild: bool,
    is_quoted: bool,
}

struct Parser<'t> {
    report: &'t ReportDefinition,
    text: &'t str,
    at: usize,
    local: Local<'t>,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn any(&mut self, field: Option<Field>) -> Result<Filter, FilterError> {
        let mut parts = vec![self.all(field)?];
        while self.take_word("or") {
            parts.push(self.all(field)?);
        }
        Ok(Filter::Or(parts))
    }

    fn all(&mut self, field: Option<Field>) -> Result<Filter, FilterError> {
        let mut parts = vec![self.signed(field)?];
        loop {
            let is_end = self.rest().is_empty() || self.rest().starts_with(')') || self.word().is_some_and(is("or"));
            if !self.take_word("and") && is_end {
                return Ok(Filter::And(parts));
            }
            parts.push(self.signed(field)?);
        }
    }

    fn signed(&mut self, field: Option<Field>) -> Result<Filter, FilterError> {
        let mut is_negated = false;
        while self.take_word("not") || self.take_minus(field) {
            is_negated = !is_negated;
        }
        let is_missing = self.rest().is_empty()
            || self.rest().starts_with(')')
            || self.word().is_some_and(|word| is("and")(word) || is("or")(word));
        if is_missing {
            return Err(self.error(FilterErrorCode::MissingTerm, self.at..self.at));
        }
        let filter = if self.rest().starts_with('(') { self.group(field)? } else { self.term(field)? };
        self.skip_blanks();
        Ok(if is_negated { Filter::Not(Box::new(filter)) } else { filter })
    }

    fn group(&mut self, field: Option<Field>) -> Result<Filter, FilterError> {
        let open = self.at;
        if self.depth == FILTER_DEPTH_MAX {
            return Err(self.error(FilterErrorCode::TooDeep, open..open + 1));
        }
        self.depth += 1;
        self.at += 1;
        self.skip_blanks();
        let filter = self.any(field)?;
        if !self.rest().starts_with(')') {
            return Err(self.suggest(FilterErrorCode::UnclosedParenthesis, open..self.at, |text| format!("{text})")));
        }
        self.at += 1;
        self.depth -= 1;
        Ok(filter)
    }

    fn term(&mut self, field: Option<Field>) -> Result<Filter, FilterError> {
        if let Some(field) = field {
            let sign = if field.sign == Sign::Fits { self.take_sign().unwrap_or(Sign::Fits) } else { field.sign };
            return self.value(Field { sign, ..field });
        }
        let Some((name, at)) = self.take_name()? else { return self.free() };
        let Some(sign) = self.take_sign() else { unreachable!("a name ends where an operator begins") };
        if name.eq_ignore_ascii_case("exists") && sign == Sign::Fits {
            let typed = self.typed()?;
            let column = self.column(&typed.text, typed.at)?;
            return Ok(Filter::Exists(column.id.to_owned()));
        }
        let mut field = Field { column: self.column(name, at)?, sign };
        if !self.rest().starts_with('(') {
            return self.value(field);
        }
        let is_negated = sign == Sign::Is(Operator::Ne);
        if is_negated {
            field.sign = Sign::Is(Operator::Eq);
        }
        let list = self.group(Some(field))?;
        Ok(if is_negated { Filter::Not(Box::new(list)) } else { list })
    }

    /// A word that no field stands before.
    fn free(&mut self) -> Result<Filter, FilterError> {
        let typed = self.typed()?;
        // It may stand anywhere, so that wildcards at its ends say nothing, and others would.
        match Pattern::new(&typed.pattern).plain() {
            Some((_, text)) => Ok(Filter::Text(text)),
            None => Err(self.suggest(FilterErrorCode::Wildcard, typed.at, |text| format!("\"{text}\""))),
        }
    }

    fn value(&mut self, field: Field) -> Result<Filter, FilterError> {
        let Field { column, sign } = field;
        let typed = self.typed()?;
        let is = |operator, value| Filter::Is(Condition { column: column.id.to_owned(), operator, value });
        let text = || Value::Text(typed.text.clone());
        if typed.is_wild {
            let matches = is(Operator::Matches, Value::Text(typed.pattern.clone()));
            return match sign {
                Sign::Fits | Sign::Is(Operator::Eq) => Ok(matches),
                Sign::Is(Operator::Ne) => Ok(Filter::Not(Box::new(matches))),
                Sign::Is(_) => Err(self.error(FilterErrorCode::Wildcard, typed.at)),
            };
        }
        if column.kind == Kind::DateTime {
            let relative = || times::relative(&typed.text, self.local).filter(|_| !typed.is_quoted);
            if let Some(span) = times::absolute(&typed.text, self.local).or_else(relative) {
                return Ok(within(span, sign, is));
            }
        }
        let operator = match sign {
            Sign::Is(operator) => operator,
            Sign::Fits if contains(column, &typed.text) => Operator::Contains,
            Sign::Fits => Operator::Eq,
        };
        let value = fit(column, operator, &text());
        let is_typed = matches!(column.kind, Kind::DateTime | Kind::Integer | Kind::Number | Kind::Flag);
        if is_typed && !typed.is_quoted && matches!(value, Value::Text(_)) {
            let suggestion = match column.kind {
                Kind::DateTime => "now-24h".to_owned(),
                Kind::Flag => "true".to_owned(),
                _ => format!("\"{}\"", typed.text),
            };
            return Err(self.suggest(FilterErrorCode::Value(column.kind), typed.at, |_| suggestion));
        }
        Ok(is(operator, value))
    }

    /// A name in front of an operator; nothing is taken where a plain word stands.
    fn take_name(&mut self) -> Result<Option<(&'t str, Range<usize>)>, FilterError> {
        let word = self.word().unwrap_or_default();
        let end = word.char_indices().find(|(at, _)| sign_at(&word[*at..]).is_some()).map_or(word.len(), |(at, _)| at);
        let (name, at) = (&word[..end], self.at..self.at + end);
        let behind = self.text[at.end..].trim_start();
        let is_name = !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || "/[]@._".contains(char));
        // Addresses, links and times of day have colons too, but no field begins with a digit.
        let is_word = name.starts_with(|char: char| char.is_ascii_digit())
            || parse_address(word).is_some()
            || Network::parse(word).is_some()
            || word[end..].starts_with("://");
        if sign_at(behind).is_none() || (is_word && end < word.len()) {
            return Ok(None);
        }
        if name.is_empty() {
            let sign = sign_at(behind).map_or(0, |(_, length)| length);
            return Err(self.error(FilterErrorCode::MissingField, self.at..self.at + sign));
        }
        if !is_name {
            return Err(self.suggest(FilterErrorCode::UnknownField, at, |text| format!("\"{text}\"")));
        }
        self.at = at.end;
        self.skip_blanks();
        Ok(Some((name, at)))
    }

    fn column(&self, name: &str, at: Range<usize>) -> Result<&'static Column, FilterError> {
        fields::resolve(self.report, name).map_err(|(code, suggestion)| FilterError { at, code, suggestion })
    }

    /// The operator here, and the blanks behind it.
    fn take_sign(&mut self) -> Option<Sign> {
        let (mut sign, length) = sign_at(self.rest())?;
        self.at += length;
        self.skip_blanks();
        // `field:>5` is as good as `field>5`.
        if let Some((inner, length)) =
            sign_at(self.rest()).filter(|(inner, _)| sign == Sign::Fits && *inner != Sign::Fits)
        {
            sign = inner;
            self.at += length;
            self.skip_blanks();
        }
        Some(sign)
    }

    /// Quoted and bare pieces up to a blank or a parenthesis.
    fn typed(&mut self) -> Result<Typed, FilterError> {
        let start = self.at;
        let mut typed =
            Typed { at: start..start, text: String::new(), pattern: String::new(), is_wild: false, is_quoted: false };
        while let Some(char) = self.rest().chars().next().filter(|char| !is_end(*char)) {
            if char == '"' {
                let piece = self.quoted()?;
                typed.pattern.push_str(&escape(&piece));
                typed.text.push_str(&piece);
                typed.is_quoted = true;
                continue;
            }
            self.at += char.len_utf8();
            if matches!(char, '*' | '?') {
                typed.is_wild = true;
                typed.pattern.push(char);
            } else {
                typed.text.push(char);
                typed.pattern.push_str(&escape(char.encode_utf8(&mut [0; 4])));
            }
        }
        typed.at.end = self.at;
        let is_keyword = |text: &str| is("and")(text) || is("or")(text);
        // After a blank these two are what joins terms, not what the field is compared with.
        let is_joint = self.text[..start].ends_with(char::is_whitespace) && is_keyword(&self.text[typed.at.clone()]);
        if typed.at.is_empty() || is_joint {
            return Err(self.error(FilterErrorCode::MissingValue, start..start));
        }
        Ok(typed)
    }

    fn quoted(&mut self) -> Result<String, FilterError> {
        let open = self.at;
        let mut piece = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((at, char)) = chars.next() {
            match char {
                '"' => {
                    self.at += at + 1;
                    return Ok(piece);
                }
                '\\' => {
                    let escaped = chars.next_if(|(_, next)| matches!(next, '"' | '\\'));
                    piece.push(escaped.map_or('\\', |(_, char)| char));
                }
                char => piece.push(char),
            }
        }
        Err(self.suggest(FilterErrorCode::UnclosedQuote, open..self.text.len(), |text| format!("{text}\"")))
    }

    fn take_minus(&mut self, field: Option<Field>) -> bool {
        let rest = self.rest();
        let mut chars = rest.chars();
        let is_minus = matches!(chars.next(), Some('-' | '!'));
        let next = chars.next();
        // In a list of numbers it is part of the number.
        let is_number = next.is_some_and(|char| char.is_ascii_digit())
            && rest.starts_with('-')
            && field.is_some_and(|field| matches!(field.column.kind, Kind::Integer | Kind::Number));
        let is_taken = is_minus && !is_number && next.is_some_and(|char| !is_end(char) && char != '=' || char == '(');
        self.at += usize::from(is_taken);
        is_taken
    }

    /// Takes a keyword and the blanks behind it.
    fn take_word(&mut self, keyword: &str) -> bool {
        let is_taken = self.word().is_some_and(is(keyword));
        if is_taken {
            self.at += keyword.len();
            self.skip_blanks();
        }
        is_taken
    }

    /// The bare word here, up to a blank, a quote or a parenthesis.
    fn word(&self) -> Option<&'t str> {
        let rest = self.rest();
        let end = rest.find(|char| is_end(char) || char == '"').unwrap_or(rest.len());
        Some(&rest[..end]).filter(|word| !word.is_empty())
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn error(&self, code: FilterErrorCode, at: Range<usize>) -> FilterError {
        FilterError { at, code, suggestion: None }
    }

    fn suggest(&self, code: FilterErrorCode, at: Range<usize>, suggest: impl FnOnce(&str) -> String) -> FilterError {
        let suggestion = Some(suggest(&self.text[at.clone()]));
        FilterError { at, code, suggestion }
    }
}

/// True when `field:text` asks whether a value contains the text, and false when it asks whether it is equal.
pub(super) fn contains(column: &Column, text: &str) -> bool {
    match column.kind {
        Kind::Keyword if column.link == Some(Link::Address) => {
            !text.is_empty() && parse_address(text).is_none() && Network::parse(text).is_none()
        }
        Kind::Keyword | Kind::Bag => !text.is_empty(),
        // A part of an outcome or of a number means nothing.
        Kind::Outcome | Kind::DateTime | Kind::Integer | Kind::Number | Kind::Flag => false,
    }
}

/// True for the words that join terms.
pub(super) fn is_keyword(word: &str) -> bool {
    ["and", "or", "not"].iter().any(|keyword| is(keyword)(word))
}

/// The operator that a text begins with, and its length.
fn sign_at(text: &str) -> Option<(Sign, usize)> {
    SIGNS.iter().find(|(spelling, _)| text.starts_with(spelling)).map(|(spelling, sign)| (*sign, spelling.len()))
}

const SIGNS: [(&str, Sign); 8] = [
    (">=", Sign::Is(Operator::Ge)),
    ("<=", Sign::Is(Operator::Le)),
    ("!=", Sign::Is(Operator::Ne)),
    ("==", Sign::Is(Operator::Eq)),
    ("=", Sign::Is(Operator::Eq)),
    (">", Sign::Is(Operator::Gt)),
    ("<", Sign::Is(Operator::Lt)),
    (":", Sign::Fits),
];

fn is(keyword: &str) -> impl Fn(&str) -> bool {
    move |word| word.eq_ignore_ascii_case(keyword)
}

fn is_end(char: char) -> bool {
    char.is_whitespace() || matches!(char, '(' | ')')
}

/// A comparison with a time that stands for a span.
fn within(span: Range<i64>, sign: Sign, is: impl Fn(Operator, Value) -> Filter) -> Filter {
    let at = |operator, instant| is(operator, Value::Instant(instant));
    let is_instant = span.end - span.start == 1;
    match sign {
        Sign::Is(operator) if is_instant => at(operator, span.start),
        Sign::Fits if is_instant => at(Operator::Eq, span.start),
        Sign::Is(Operator::Lt) => at(Operator::Lt, span.start),
        Sign::Is(Operator::Ge) => at(Operator::Ge, span.start),
        Sign::Is(Operator::Le) => at(Operator::Lt, span.end),
        Sign::Is(Operator::Gt) => at(Operator::Ge, span.end),
        Sign::Is(Operator::Ne) => Filter::Not(Box::new(within(span, Sign::Fits, is))),
        Sign::Fits | Sign::Is(_) => Filter::And(vec![at(Operator::Ge, span.start), at(Operator::Lt, span.end)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{filter::print, instant::parse_instant, reports};

    /// Each line is `text -> what it is read as`, printed, or `text -> ! code at, suggestion`.
    fn check(report: &str, table: &str) {
        let report = reports::report(report).expect("the report is defined");
        let local = Local { now: parse_instant("2026-11-25T12:00:00Z").expect("a time"), zone: &[] };
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (text, expected) = line.split_once("->").expect("text -> filter");
            let text = text.trim();
            let found = match parse(report, text, local) {
                Ok(filter) => print(report, &filter),
                Err(FilterError { at, code, suggestion }) => {
                    let suggestion = suggestion.map_or(String::new(), |text| format!(", {text}"));
                    format!("! {code:?} {}..{}{suggestion}", at.start, at.end)
                }
            };
            assert_eq!(found, expected.trim(), "{text}");
        }
    }

    #[test]
    fn a_field_is_compared_as_its_kind_expects() {
        check(
            "signIns",
            r#"userPrincipalName:ada              -> userPrincipalName:ada
               userPrincipalName="Ada K"          -> userPrincipalName="Ada K"
               userprincipalname : ada            -> userPrincipalName:ada
               userPrincipalName:""               -> userPrincipalName=""
               errorCode:50126                    -> status/errorCode=50126
               errorCode : >= 50000               -> status/errorCode>=50000
               errorCode != 0                     -> status/errorCode!=0
               errorCode == 0                     -> status/errorCode=0
               ResultType:"0"                     -> status/errorCode=0
               errorCode:"none"                   -> status/errorCode="none"
               errorCode>-1                       -> status/errorCode>-1
               latitude<-33.5                     -> location/geoCoordinates/latitude<-33.5
               isInteractive:TRUE                 -> isInteractive=true
               outcome:failure                    -> outcome=failure
               ipAddress:203.0.113.7              -> ipAddress=203.0.113.7
               ipAddress:203.0.113                -> ipAddress:203.0.113
               ipAddress:203.0.113.7/24           -> ipAddress=203.0.113.0/24
               ipAddress!=2001:DB8::/32           -> ipAddress!=2001:db8::/32
               ipAddress:*203.0.113.7*            -> ipAddress:*203.0.113.7*
               location.city:Bergen               -> location/city:Bergen
               userAgent:"say \"hi\" \\ C:\temp"  -> userAgent:"say \"hi\" \\ C:\\temp"
               alternateSignInName:CONTOSO\ada    -> alternateSignInName:"CONTOSO\\ada""#,
        );
    }

    #[test]
    fn wildcards_are_about_the_whole_value() {
        check(
            "signIns",
            r#"userPrincipalName:adm*          -> userPrincipalName:adm*
               userPrincipalName=*@x.example   -> userPrincipalName:*@x.example
               userPrincipalName:*adm*         -> userPrincipalName:adm
               userPrincipalName:a?m*x         -> userPrincipalName:a?m*x
               userPrincipalName!=a*b          -> NOT userPrincipalName:a*b
               userPrincipalName:"a*b"         -> userPrincipalName:"a*b"
               appDisplayName:"Office 365"*    -> appDisplayName:"Office 365"*
               appDisplayName:*"365 P"?rtal    -> appDisplayName:*"365 P"?rtal
               errorCode:50*                   -> status/errorCode:50*
               createdDateTime:2026-11-2*      -> createdDateTime:2026-11-2*
               userId:*                        -> userId:*
               userId:**                       -> userId:*
               userId!=*                       -> NOT userId:*
               exists:city                     -> location/city:*
               -EXISTS:city                    -> NOT location/city:*"#,
        );
    }

    #[test]
    fn times_stand_for_spans() {
        check(
            "signIns",
            r#"createdDateTime:2026-11-24             -> createdDateTime>=2026-11-24T00:00:00Z AND createdDateTime<2026-11-25T00:00:00Z
               createdDateTime!=2026-11-24            -> NOT (createdDateTime>=2026-11-24T00:00:00Z AND createdDateTime<2026-11-25T00:00:00Z)
               createdDateTime>2026-11-24             -> createdDateTime>=2026-11-25T00:00:00Z
               createdDateTime>=2026-11-24            -> createdDateTime>=2026-11-24T00:00:00Z
               createdDateTime<2026-11-24             -> createdDateTime<2026-11-24T00:00:00Z
               createdDateTime<=2026-11-24            -> createdDateTime<2026-11-25T00:00:00Z
               createdDateTime="2026-11-24 10:30"     -> createdDateTime>=2026-11-24T10:30:00Z AND createdDateTime<2026-11-24T10:31:00Z
               createdDateTime>2026-11-24T10:30:00.0Z -> createdDateTime>2026-11-24T10:30:00.000Z
               createdDateTime>now-24h                -> createdDateTime>2026-11-24T12:00:00.000Z
               createdDateTime:yesterday              -> createdDateTime>=2026-11-24T00:00:00Z AND createdDateTime<2026-11-25T00:00:00Z
               createdDateTime:"yesterday"            -> createdDateTime="yesterday""#,
        );
    }

    #[test]
    fn terms_are_joined_as_everywhere() {
        check(
            "directoryAudits",
            r#"                               ->
               ada                             -> ada
               "ada k" Kumar                   -> "ada k" AND Kumar
               a b OR c                        -> (a AND b) OR c
               a and (b or not c)              -> a AND (b OR NOT c)
               -a !b NOT NOT c - d             -> NOT a AND NOT b AND c AND "-" AND d
               "and" "or"                      -> "and" AND "or"
               *                               ->
               -*                              -> NOT *
               a* *b                           -> a AND b
               category:(User OR "Group X" OR Role*) -> category:(User OR "Group X" OR Role*)
               category=(a OR b) x             -> category=(a OR b) AND x
               category!=(a OR b)              -> NOT category=(a OR b)
               category:(a b -c)               -> category:a AND category:b AND NOT category:c
               category:(a OR (b AND c))       -> category:a OR (category:b AND category:c)
               category:a OR category=b        -> category:a OR category=b
               2001:db8::1                     -> "2001:db8::1"
               https://x.example/?a            -> ! Wildcard 0..20, "https://x.example/?a"
               10:30                           -> "10:30"
               don't e-mail                    -> don't AND e-mail"#,
        );
        check(
            "signIns",
            r#"errorCode=(-5 OR 3)  -> status/errorCode=("-5" OR 3)
               errorCode:(>5 <9)    -> status/errorCode>5 AND status/errorCode<9"#,
        );
    }

    #[test]
    fn errors_say_where_and_what_instead() {
        check(
            "signIns",
            r#"usrPrincipalName:ada      -> ! UnknownField 0..16, userPrincipalName
               a AND (xyzzy=1)           -> ! UnknownField 7..12
               errorCode:abc             -> ! Value(Integer) 10..13, "abc"
               latitude>north            -> ! Value(Number) 9..14, "north"
               isInteractive:yes         -> ! Value(Flag) 14..17, true
               createdDateTime>yestrday  -> ! Value(DateTime) 16..24, now-24h
               errorCode>5*              -> ! Wildcard 10..12
               "open                     -> ! UnclosedQuote 0..5, "open"
               appId:"é                  -> ! UnclosedQuote 6..9, "é"
               (a OR b                   -> ! UnclosedParenthesis 0..7, (a OR b)
               a) b                      -> ! UnexpectedParenthesis 1..2
               ()                        -> ! MissingTerm 1..1
               a OR                      -> ! MissingTerm 4..4
               AND a                     -> ! MissingTerm 0..0
               NOT                       -> ! MissingTerm 3..3
               a AND OR b                -> ! MissingTerm 6..6
               appId:                    -> ! MissingValue 6..6
               appId: OR b               -> ! MissingValue 7..7
               appId:or                  -> appId:"or"
               :x                        -> ! MissingField 0..1
               a >= 5                    -> ! UnknownField 0..1
               a-b:c                     -> ! UnknownField 0..3, "a-b"
               exists:citty              -> ! UnknownField 7..12, location/city"#,
        );
        check("directoryAudits", "displayName:a -> ! AmbiguousField 0..11, initiatedBy/user/displayName");
    }

    #[test]
    fn what_nobody_types_is_refused_before_it_costs_much() {
        let report = reports::report("signIns").expect("the report is defined");
        let code = |text: String| parse(report, &text, Local::default()).map_err(|error| (error.code, error.at.start));
        let nested = |depth| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        assert!(code(nested(FILTER_DEPTH_MAX)).is_ok());
        assert_eq!(code(nested(FILTER_DEPTH_MAX + 1)), Err((FilterErrorCode::TooDeep, FILTER_DEPTH_MAX)));
        assert_eq!(code(nested(50_000)), Err((FilterErrorCode::TooDeep, FILTER_DEPTH_MAX)));
        assert!(code(format!("{}a", "NOT -".repeat(20_001))).is_ok());
        assert_eq!(code("a".repeat(FILTER_BYTES_MAX + 1)), Err((FilterErrorCode::TooLong, FILTER_BYTES_MAX)));
    }
}
