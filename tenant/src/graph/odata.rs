//! Reading `$filter`: the part of OData's grammar that the reports take.

use crate::{
    graph::filters::{LiteralKind, Operator, allowed},
    history::Report,
    time,
};

/// A filter that the report takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    /// All of these hold.
    All(Vec<Filter>),
    /// One of these holds.
    Any(Vec<Filter>),
    /// A property compares to a literal.
    Comparison(Comparison),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparison {
    /// Slash path; `[]` after a collection.
    pub path: String,
    pub operator: Operator,
    pub literal: Literal,
}

/// A literal value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Number(i64),
    /// Ticks.
    Time(i64),
}

/// Reads a filter. `None` for anything that the report does not take.
pub(super) fn parse(report: Report, text: &str) -> Option<Filter> {
    let mut parser = Parser { report, tokens: tokens(text)?, at: 0 };
    let filter = parser.either(&Scope::Row)?;
    (parser.at == parser.tokens.len() && is_simple(&filter)).then_some(filter)
}

/// The service takes a conjunction, in which an `or` may join comparisons of one property only, or one plain `or` of comparisons.
fn is_simple(filter: &Filter) -> bool {
    match filter {
        Filter::Comparison(_) => true,
        Filter::Any(parts) => parts.iter().all(|part| matches!(part, Filter::Comparison(_))),
        Filter::All(parts) => parts.iter().all(|part| match part {
            Filter::Comparison(_) => true,
            Filter::Any(choices) => is_about_one_property(choices),
            Filter::All(_) => false,
        }),
    }
}

fn is_about_one_property(choices: &[Filter]) -> bool {
    let path = |filter: &Filter| match filter {
        Filter::Comparison(comparison) => Some(comparison.path.clone()),
        _ => None,
    };
    let first = choices.first().and_then(path);
    first.is_some() && choices.iter().all(|choice| path(choice) == first)
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A name, a path, a keyword, a number or an instant.
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
    Colon,
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            ' ' | '\t' => 1,
            '(' | ')' | ',' => {
                tokens.push(match first {
                    '(' => Token::Open,
                    ')' => Token::Close,
                    _ => Token::Comma,
                });
                1
            }
            '\'' => {
                let (value, length) = quoted_text(rest)?;
                tokens.push(Token::Text(value));
                length
            }
            ':' => {
                tokens.push(Token::Colon);
                1
            }
            _ => {
                // A colon belongs to an instant, but not to the variable of a lambda.
                let starts_with_digit = first.is_ascii_digit();
                let length = rest
                    .find(|letter: char| " \t(),'".contains(letter) || letter == ':' && !starts_with_digit)
                    .unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..length].to_owned()));
                length
            }
        };
        rest = &rest[length..];
    }
    Some(tokens)
}

/// The value of a quoted text and the length of its literal.
fn quoted_text(text: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut at = 1;
    loop {
        let end = at + text[at..].find('\'')?;
        value.push_str(&text[at..end]);
        if text[end + 1..].starts_with('\'') {
            value.push('\'');
            at = end + 2;
        } else {
            return Some((value, end + 1));
        }
    }
}

/// What a path is relative to.
enum Scope {
    /// The row.
    Row,
    /// An item of a collection, by the name of the lambda's variable.
    Item { variable: String, collection: String },
}

impl Scope {
    fn path(&self, word: &str) -> Option<String> {
        match self {
            Self::Row => Some(word.to_owned()),
            Self::Item { variable, collection } => {
                let rest = word.strip_prefix(variable.as_str())?;
                (rest.is_empty() || rest.starts_with('/')).then(|| format!("{collection}[]{rest}"))
            }
        }
    }
}

struct Parser {
    report: Report,
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn either(&mut self, scope: &Scope) -> Option<Filter> {
        let mut parts = vec![self.both(scope)?];
        while self.take_word("or") {
            parts.push(self.both(scope)?);
        }
        Some(joined(parts, Filter::Any))
    }

    fn both(&mut self, scope: &Scope) -> Option<Filter> {
        let mut parts = vec![self.term(scope)?];
        while self.take_word("and") {
            parts.push(self.term(scope)?);
        }
        // Brackets around a conjunction change nothing.
        let flat = parts.into_iter().flat_map(|part| match part {
            Filter::All(parts) => parts,
            other => vec![other],
        });
        Some(joined(flat.collect(), Filter::All))
    }

    fn term(&mut self, scope: &Scope) -> Option<Filter> {
        if self.take(&Token::Open) {
            let inner = self.either(scope)?;
            return self.take(&Token::Close).then_some(inner);
        }
        let word = self.word()?;
        let function = match word.to_ascii_lowercase().as_str() {
            "startswith" => Some(Operator::StartsWith),
            "contains" => Some(Operator::Contains),
            _ => None,
        };
        if let Some(operator) = function {
            self.expect(&Token::Open)?;
            let path = scope.path(&self.word()?)?;
            self.expect(&Token::Comma)?;
            let literal = self.literal()?;
            self.expect(&Token::Close)?;
            return self.comparison(path, operator, literal);
        }
        if let (Scope::Row, Some(collection)) = (scope, word.strip_suffix("/any")) {
            self.expect(&Token::Open)?;
            let variable = self.word()?;
            self.expect(&Token::Colon)?;
            let inner = self.either(&Scope::Item { variable, collection: collection.to_owned() })?;
            self.expect(&Token::Close)?;
            // Two conditions on one item would need another grammar than the reports have.
            return (!matches!(inner, Filter::All(_))).then_some(inner);
        }
        let path = scope.path(&word)?;
        let operator = match self.word()?.as_str() {
            "eq" => Operator::Eq,
            "ne" => Operator::Ne,
            "ge" => Operator::Ge,
            "gt" => Operator::Gt,
            "le" => Operator::Le,
            "lt" => Operator::Lt,
            _ => return None,
        };
        let literal = self.literal()?;
        self.comparison(path, operator, literal)
    }

    fn comparison(&self, path: String, operator: Operator, token: Token) -> Option<Filter> {
        let line = allowed(self.report, &path, operator)?;
        let literal = match (line.literal(), token) {
            (LiteralKind::Text, Token::Text(text)) => Literal::Text(text),
            (LiteralKind::Number, Token::Word(word)) => Literal::Number(word.parse().ok()?),
            (LiteralKind::Time, Token::Word(word)) => Literal::Time(time::parse(&word)?),
            _ => return None,
        };
        Some(Filter::Comparison(Comparison { path, operator, literal }))
    }

    fn literal(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        matches!(token, Token::Word(_) | Token::Text(_)).then_some(token)
    }

    fn word(&mut self) -> Option<String> {
        match self.tokens.get(self.at) {
            Some(Token::Word(word)) => {
                self.at += 1;
                Some(word.clone())
            }
            _ => None,
        }
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        let is_next = matches!(self.tokens.get(self.at), Some(Token::Word(word)) if word == wanted);
        self.at += usize::from(is_next);
        is_next
    }

    fn take(&mut self, wanted: &Token) -> bool {
        let is_next = self.tokens.get(self.at) == Some(wanted);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, wanted: &Token) -> Option<()> {
        self.take(wanted).then_some(())
    }
}

/// One part stays itself; several are joined.
fn joined(mut parts: Vec<Filter>, join: impl Fn(Vec<Filter>) -> Filter) -> Filter {
    if parts.len() == 1 { parts.remove(0) } else { join(parts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_the_reference_lists() {
        use Report::{CustomSecurityAttributeAudits, DirectoryAudits, Provisioning, SignIns};
        for (report, filter) in [
            (SignIns, "createdDateTime ge 2026-11-01T00:00:00Z and createdDateTime le 2026-11-02T00:00:00.1234567Z"),
            (SignIns, "createdDateTime ge 2026-11-01"),
            (SignIns, "signInEventTypes/any(t: t eq 'nonInteractiveUser')"),
            (SignIns, "signInEventTypes/any(t:t eq 'interactiveUser' or t eq 'nonInteractiveUser') and userId eq 'a'"),
            (SignIns, "signInEventTypes/any(x: x ne 'interactiveUser')"),
            (SignIns, "status/errorCode eq 50126 and startsWith(appDisplayName,'Azure')"),
            (
                SignIns,
                "(riskState eq 'atRisk' or riskState eq 'confirmedCompromised') and createdDateTime ge 2026-11-01",
            ),
            (SignIns, "riskEventTypes_v2/any(t: startswith(t, 'un'))"),
            (SignIns, "userDisplayName eq 'O''Brien, \"Pat\"'"),
            (DirectoryAudits, "targetResources/any(t: t/id eq 'x') and activityDisplayName eq 'Add member to group'"),
            (DirectoryAudits, "targetResources/any(c:startswith(c/displayName, 'Ber'))"),
            (DirectoryAudits, "correlationId eq 'x'"),
            (CustomSecurityAttributeAudits, "initiatedBy/app/appId eq 'x'"),
            (Provisioning, "activityDateTime gt 2026-11-01T00:00:00Z and contains(jobId,'aws')"),
            (Provisioning, "durationInMilliseconds lt 500"),
        ] {
            assert!(parse(report, filter).is_some(), "{filter}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        use Report::{CustomSecurityAttributeAudits, DirectoryAudits, Provisioning, SignIns};
        for (report, filter) in [
            (SignIns, ""),
            (SignIns, "createdDateTime gt 2026-11-01T00:00:00Z"),
            (SignIns, "createdDateTime ge '2026-11-01T00:00:00Z'"),
            (SignIns, "createdDateTime ge yesterday"),
            (SignIns, "status/errorCode ne 0"),
            (SignIns, "status/errorCode eq '0'"),
            (SignIns, "contains(userPrincipalName,'a')"),
            (SignIns, "userId eq a"),
            (SignIns, "userId eq 'a' and"),
            (SignIns, "(userId eq 'a'"),
            (SignIns, "not (userId eq 'a')"),
            (SignIns, "userId in ('a')"),
            (SignIns, "(userId eq 'a' or appId eq 'b') and riskState eq 'atRisk'"),
            (SignIns, "userId eq 'a' and appId eq 'b' or riskState eq 'atRisk'"),
            (SignIns, "initiatedBy/user/id eq 'a'"),
            (SignIns, "unknown eq 'a'"),
            (SignIns, "signInEventTypes eq 'interactiveUser'"),
            (DirectoryAudits, "category eq 'UserManagement'"),
            (DirectoryAudits, "result eq 'failure'"),
            (DirectoryAudits, "targetResources/any(t: t/userPrincipalName eq 'a')"),
            (DirectoryAudits, "targetResources/any(t: t/id eq 'a' and t/displayName eq 'b')"),
            (CustomSecurityAttributeAudits, "correlationId eq 'x'"),
            (Provisioning, "activityDateTime ge 2026-11-01T00:00:00Z"),
            (Provisioning, "contains(servicePrincipal/displayName,'a')"),
        ] {
            assert_eq!(parse(report, filter), None, "{filter}");
        }
    }
}
