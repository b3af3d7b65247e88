//! Files and functions that stay readable.

use super::{
    File,
    exceptions::Exceptions,
    rust_text::{code, item_end, line_of, words},
};

const FILE_LINES: usize = 800;
const FUNCTION_LINES: usize = 80;

/// Ends of paths that hold what people write.
const WRITTEN: &[&str] = &[".rs", ".ts", ".tsx", ".mjs", ".js", ".css", ".py", ".sh", ".sql"];

pub(crate) fn check(file: &File, exceptions: &mut Exceptions, broken: &mut Vec<String>) {
    if !WRITTEN.iter().any(|end| file.path.ends_with(end)) {
        return;
    }
    let lines = file.text.lines().count();
    if lines > FILE_LINES && !exceptions.cover(&file.path) {
        broken.push(format!("{}: {lines} lines, more than {FILE_LINES}", file.path));
    }
    if !file.is_rust() {
        return;
    }
    for function in long_functions(&file.text) {
        if !exceptions.cover(&format!("{}::{}", file.path, function.name)) {
            let Function { name, line, lines } = function;
            broken.push(format!("{}:{line}: {name} has {lines} lines, more than {FUNCTION_LINES}", file.path));
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Function {
    name: String,
    line: usize,
    lines: usize,
}

fn long_functions(source: &str) -> Vec<Function> {
    let code = code(source);
    let mut found = Vec::new();
    let mut words = words(&code).peekable();
    while let Some((start, word)) = words.next() {
        // A name follows the keyword in a function, a parenthesis in a function's type.
        let Some(&(at, name)) = words.peek().filter(|_| word == "fn") else { continue };
        if !code[start + word.len()..at].chars().all(char::is_whitespace) {
            continue;
        }
        let lines = code[start..item_end(&code, start)].lines().count();
        if lines > FUNCTION_LINES {
            found.push(Function { name: name.to_owned(), line: line_of(&code, start), lines });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: &str, lines: usize) -> String {
        format!("fn {name}(f: fn(u8) -> u8) {{\n{}}}\n", "    one();\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_is_measured_from_its_keyword_to_its_brace() {
        let source = function("fits", FUNCTION_LINES) + &function("long", FUNCTION_LINES + 1) + "fn declared();\n";
        let found = Function { name: "long".to_owned(), line: FUNCTION_LINES + 1, lines: FUNCTION_LINES + 1 };
        assert_eq!(long_functions(&source), [found]);
    }
}
