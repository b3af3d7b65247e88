//! What the speech program offers, read from its own lists.

use super::SpeechError;
use crate::limits;
use std::{collections::BTreeMap, iter};

/// A language that can be spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// Its BCP 47 tag, such as `en-gb`.
    pub tag: String,
    /// Its English name, such as `English (Great Britain)`.
    pub name: String,
}

/// A timbre that every language can be spoken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// What [`Speech::voice`](super::Speech::voice) names it by.
    pub id: String,
    /// Whether it is meant to be a woman's voice.
    pub female: bool,
}

/// Languages and voices.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) languages: Vec<Language>,
    /// Each language's file by its tag: a voice is found for every file, but not for every tag.
    files: BTreeMap<String, String>,
    pub(super) voices: Vec<Voice>,
    /// Other tags, each with the listed tag that it leads to; the best ones first.
    aliases: Vec<(String, String)>,
}

/// A line of the program's lists: priority, tag, age and gender, name, file, and other tags with their priorities, as
/// `5  hy  --/M  Armenian_(East_Armenia)  ine/hy  (hy-arevela 5)`.
struct Line<'a> {
    tag: &'a str,
    female: bool,
    name: &'a str,
    file: &'a str,
    others: Vec<(&'a str, u32)>,
}

fn lines(list: &str) -> impl Iterator<Item = Line<'_>> {
    list.lines().skip(1).filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let (tag, about, name, file) = (words.next()?, words.next()?, words.next()?, words.next()?);
        if words.next().is_some_and(|next| !next.starts_with('(')) {
            // The file's name has a space, and cannot be told from what follows.
            return None;
        }
        let others = line.split('(').filter_map(|other| {
            let (tag, priority) = other.split_once(')')?.0.split_once(' ')?;
            Some((tag, priority.parse().ok()?))
        });
        // Both go to the program's command line, and must not look like an option of it.
        let are_names = [tag, file].iter().all(|name| !name.starts_with('-'));
        are_names.then(|| Line { tag, female: about.ends_with('F'), name, file, others: others.collect() })
    })
}

impl Catalog {
    /// From the lists of languages and of variants.
    pub(super) fn read(languages: &str, variants: &str) -> Self {
        let mut catalog =
            Self { languages: Vec::new(), files: BTreeMap::new(), voices: Vec::new(), aliases: Vec::new() };
        let mut aliases = Vec::new();
        // MBROLA voices need another program.
        for line in lines(languages).filter(|line| !line.file.starts_with("mb/")) {
            aliases.extend(line.others.iter().map(|&(other, priority)| (priority, other, line.tag)));
            if catalog.languages.iter().all(|known| known.tag != line.tag) {
                catalog.files.insert(line.tag.to_owned(), line.file.to_owned());
                catalog.languages.push(Language { tag: line.tag.to_owned(), name: line.name.replace('_', " ") });
            }
        }
        aliases.sort_by_key(|&(priority, ..)| priority);
        catalog.aliases = aliases.into_iter().map(|(_, other, tag)| (other.to_owned(), tag.to_owned())).collect();
        catalog.languages.sort_by(|a, b| a.name.cmp(&b.name));
        catalog.voices = lines(variants)
            .filter_map(|line| {
                let id = line.file.strip_prefix("!v/")?.to_owned();
                Some(Voice { id, female: line.female })
            })
            .collect();
        catalog.voices.sort_by_key(|voice| voice.id.to_ascii_lowercase());
        catalog
    }

    /// What the program calls this language in this voice. Made of words from its own lists alone.
    pub(super) fn resolve(&self, language: &str, voice: Option<&str>) -> Result<String, SpeechError> {
        let shortened = |name: &str| name.chars().take(limits::SPEECH_NAME_CHARS).collect::<String>();
        // Each part of a tag is looked up; no tag that is listed is as long.
        let language = shortened(language);
        let tag = self.tag(&language).ok_or_else(|| SpeechError::UnknownLanguage { language: language.clone() })?;
        let Some(voice) = voice else { return Ok(tag.to_owned()) };
        let known = self.voices.iter().find(|known| known.id.eq_ignore_ascii_case(voice));
        let known = known.ok_or_else(|| SpeechError::UnknownVoice { voice: shortened(voice) })?;
        Ok(format!("{}+{}", self.files[tag], known.id))
    }

    /// The language of this tag, or of the tag without its last parts.
    fn tag(&self, wanted: &str) -> Option<&str> {
        let mut tags = iter::successors(Some(wanted), |tag| tag.rsplit_once('-').map(|(shorter, _)| shorter));
        tags.find_map(|tag| self.exact_tag(tag))
    }

    fn exact_tag(&self, wanted: &str) -> Option<&str> {
        let mut listed = self.languages.iter().map(|language| &language.tag);
        let listed = listed.find(|tag| tag.eq_ignore_ascii_case(wanted));
        let alias = || self.aliases.iter().find(|(other, _)| other.eq_ignore_ascii_case(wanted));
        listed.or_else(|| alias().map(|(_, tag)| tag)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: &str = "\
Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  cmn             --/M      Chinese_(Mandarin) sit/cmn              (zh-cmn 5)(zh 5)
 5  de              --/M      German             gmw/de
 5  en-029          --/M      English_(Caribbean) gmw/en-029           (en 10)
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 5  yue             --/M      Chinese_(Cantonese) sit/yue              (zh-yue 5)(zh 8)
 5  yue             --/M      Chinese_(Jyutping) sit/yue-Latn-jyutping (zh-yue 5)(zh 8)
 7  de              --/M      german-mb-de1      mb/mb-de1
 5  -x              --/M      Trap               gmw/trap
";
    const VARIANTS: &str = "\
Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  variant         --/F      female2            !v/f2
 5  variant         --/M      Adam               !v/adam
 5  variant         --/M      Odd                !v/a b
";

    #[test]
    fn tags_lead_to_languages_and_nothing_else_does() {
        let catalog = Catalog::read(LANGUAGES, VARIANTS);
        let cases = [
            ("de", Some("de")),
            ("de-AT", Some("de")),
            ("en", Some("en-gb")),
            ("EN-gb", Some("en-gb")),
            ("en-US", Some("en-gb")),
            ("zh", Some("cmn")),
            ("zh-Hans-CN", Some("cmn")),
            ("zh-yue", Some("yue")),
            ("xx", None),
            ("", None),
            ("-x", None),
            ("de --path=/tmp", None),
            (&"a-".repeat(1_000_000), None),
        ];
        for (wanted, tag) in cases {
            assert_eq!(catalog.resolve(wanted, None).ok().as_deref(), tag, "{wanted}");
        }
        let names: Vec<_> = catalog.languages.iter().map(|language| language.name.as_str()).collect();
        let expected =
            ["Chinese (Cantonese)", "Chinese (Mandarin)", "English (Caribbean)", "English (Great Britain)", "German"];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_voice_is_one_of_the_list() {
        let catalog = Catalog::read(LANGUAGES, VARIANTS);
        assert_eq!(catalog.resolve("de", Some("F2")).expect("it is listed"), "gmw/de+f2");
        assert!(matches!(catalog.resolve("de", Some("f2 -w /tmp/x")), Err(SpeechError::UnknownVoice { .. })));
        let voices = [("adam", false), ("f2", true)].map(|(id, female)| Voice { id: id.to_owned(), female });
        assert_eq!(catalog.voices, voices);
    }
}
