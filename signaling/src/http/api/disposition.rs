//! The name under which a browser saves a file (RFC 6266).

use std::fmt::Write;

/// The value of `Content-Disposition`: the name as it is (RFC 8187), and what of it is ASCII for clients that read no
/// more. A name's letters may be of any alphabet; everything that could end a quoted string or open a folder goes.
pub(super) fn content_disposition(name: &str, download: bool) -> String {
    let plain = |letter: &char| letter.is_ascii_alphanumeric() || "-_.".contains(*letter);
    let ascii: String = name.chars().filter(plain).collect();
    let kind = if download { "attachment" } else { "inline" };
    if name.chars().all(|letter| plain(&letter)) {
        return format!("{kind}; filename=\"{ascii}\"");
    }
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{}", encoded(name))
}

/// RFC 8187 §3.2.1.
fn encoded(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars().filter(|letter| letter.is_alphanumeric() || "-_.".contains(*letter)) {
        if letter.is_ascii() {
            out.push(letter);
            continue;
        }
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            write!(out, "%{byte:02X}").expect("a String takes everything");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_names_stand_as_they_are() {
        assert_eq!(content_disposition("c-1_Ana_Bo_2026.webm", true), "attachment; filename=\"c-1_Ana_Bo_2026.webm\"");
        assert_eq!(content_disposition("a.ogg", false), "inline; filename=\"a.ogg\"");
    }

    #[test]
    fn other_alphabets_keep_their_letters() {
        assert_eq!(
            content_disposition("c_Kovač_Ян.ogg", true),
            "attachment; filename=\"c_Kova_.ogg\"; filename*=UTF-8''c_Kova%C4%8D_%D0%AF%D0%BD.ogg"
        );
    }

    #[test]
    fn nothing_leaves_the_quotes() {
        let header = content_disposition("a\"; x=\r\n../č", true);
        assert_eq!(header, "attachment; filename=\"ax..\"; filename*=UTF-8''ax..%C4%8D");
    }
}
