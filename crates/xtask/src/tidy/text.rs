//! What no file may say.

use super::File;

/// Words that are banned everywhere, in two halves so that this file does not say them.
const BANNED: &[([&str; 2], &str)] = &[
    (["TO", "DO"], "finish it, or leave it to an issue"),
    (["FIX", "ME"], "finish it, or leave it to an issue"),
    (["registry.", "npmjs"], "a lock file must not name the host that packages came from"),
    (["\"resolved\": ", "\"http"], "a lock file must not name the host that packages came from"),
    (["<<<<<<", "< "], "a merge is not finished"),
    ([">>>>>>", "> "], "a merge is not finished"),
];

pub(crate) fn check(file: &File, broken: &mut Vec<String>) {
    for (halves, reason) in BANNED {
        let word = halves.concat();
        for (number, line) in file.text.lines().enumerate().filter(|(_, line)| line.contains(&word)) {
            let within_a_name = line.contains(&format!("{word}_")) || line.contains(&format!("_{word}"));
            if !within_a_name {
                broken.push(format!("{}:{}: {word}: {reason}", file.path, number + 1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_to_do_is_found() {
        let word = ["TO", "DO"].concat();
        let file = File { path: "a.md".to_owned(), text: format!("fine\n// {word}: later\n") };
        let mut broken = Vec::new();
        check(&file, &mut broken);
        assert_eq!(broken.len(), 1);
        assert!(broken[0].starts_with("a.md:2: "), "{broken:?}");
    }

    #[test]
    fn a_merge_that_was_left_half_done_is_found() {
        let marks = ["<".repeat(7), "=".repeat(7), ">".repeat(7)];
        let text = format!("{} HEAD\nmine\n{}\nyours\n{} main\n", marks[0], marks[1], marks[2]);
        let mut broken = Vec::new();
        check(&File { path: "a.md".to_owned(), text }, &mut broken);
        assert_eq!(broken.len(), 2, "{broken:?}");
    }
}
