//! Rust source with everything blanked out that is not code, lines kept. Enough of a lexer for the rules here.

/// `source` with comments, strings and characters as spaces.
pub(crate) fn code(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let skipped = if identifier_before(&out) { 0 } else { not_code(rest) };
        if skipped > 0 {
            let (gone, after) = rest.split_at(skipped);
            out.extend(gone.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = after;
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// `code` with its `#[cfg(test)]` items as spaces.
pub(crate) fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(start) = out.find("#[cfg(test)]") {
        let end = item_end(&out, start);
        let blank: String = out[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(start..end, &blank);
    }
    out
}

/// Where the item that begins at `start` ends: after its block, or its semicolon.
pub(crate) fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code[start..].char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return start + at + 1;
                }
            }
            ';' if depth == 0 => return start + at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Words of `code` (identifiers and keywords) with where they begin.
pub(crate) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + code[from..].find(is_word)?;
        let end = code[start..].find(|c| !is_word(c)).map_or(code.len(), |length| start + length);
        from = end;
        Some((start, &code[start..end]))
    })
}

/// The line that byte `at` is on, from 1.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

fn identifier_before(out: &str) -> bool {
    out.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// Length of the comment, string or character that `rest` begins with; 0 when it begins with code.
fn not_code(rest: &str) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    let prefix = rest.find(|c| !matches!(c, 'b' | 'r' | 'c')).unwrap_or(rest.len()).min(2);
    let after = &rest[prefix..];
    if rest[..prefix].contains('r') {
        let hashes = after.find(|c| c != '#').unwrap_or(after.len());
        if after[hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = prefix + hashes + 1;
            return rest[body..].find(&close).map_or(rest.len(), |at| body + at + close.len());
        }
    }
    match after.chars().next() {
        Some('"') => prefix + quoted(after, '"'),
        Some('\'') if prefix < 2 => character(after).map_or(0, |length| prefix + length),
        _ => 0,
    }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        let (step, change) = match &rest[at..] {
            here if here.starts_with("/*") => (2, 1),
            here if here.starts_with("*/") => (2, -1),
            here => (here.chars().next().map_or(1, char::len_utf8), 0),
        };
        at += step;
        depth += change;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// Length of a literal between `quote`s, with escapes.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// Length of a character literal; `None` where the quote begins a lifetime.
fn character(rest: &str) -> Option<usize> {
    let mut after = rest.chars().skip(1);
    match (after.next()?, after.next()?) {
        ('\\', _) => Some(quoted(rest, '\'')),
        (one, '\'') => Some(2 + one.len_utf8()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_left() {
        let source =
            "let a = \"unsafe \\\" x\"; // unsafe\nlet b: &'a str = r#\"un\"safe\"#; /* a /* b */ c */ let c = '\\'';";
        let words: Vec<_> = words(&code(source)).map(|(_, word)| word.to_owned()).collect();
        assert_eq!(words, ["let", "a", "let", "b", "a", "str", "let", "c"]);
        assert_eq!(code(source).lines().count(), source.lines().count());
        assert_eq!(code("f(b\"x\", b'y', '\"', 'z')"), "f(    ,     ,    ,    )");
        assert_eq!(code("number\"text\""), "number\"text\"", "no literal follows a name");
    }

    #[test]
    fn tests_are_cut_out_and_lines_stay() {
        let source =
            "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { [1]; } }\nfn c() {}\n#[cfg(test)]\nmod other;\nfn d() {}";
        let left = without_tests(source);
        let words: Vec<_> = words(&left).map(|(at, word)| (line_of(&left, at), word)).collect();
        assert_eq!(words, [(1, "fn"), (1, "a"), (4, "fn"), (4, "c"), (7, "fn"), (7, "d")]);
    }
}
