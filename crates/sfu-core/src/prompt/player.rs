use super::shelf::{Cursor, Prompt, Prompts};
use crate::limits::PROMPT_FRAME;
use std::sync::Arc;
use wire::engine::Playlist;

/// What one leg hears of a playlist, frame by frame. A prompt that was unloaded before it began is silence.
#[derive(Debug)]
pub(crate) struct Player {
    playlist: Playlist,
    greeting: Option<Arc<Prompt>>,
    music: Option<Arc<Prompt>>,
    /// And how many frames lie between two of it.
    announcement: Option<(Arc<Prompt>, u64)>,
    /// The announcement of the playlist before, which is heard to its end.
    ending: Option<Arc<Prompt>>,
    turn: Turn,
    /// Where music goes on after an announcement.
    music_at: Cursor,
    /// What played in the round before; none if it was silent.
    before: Option<Kind>,
    /// Frames played.
    sequence: u64,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Greeting(Cursor),
    /// For so many rounds, where an announcement comes after it.
    Music(u64),
    Announcement(Cursor),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Greeting,
    Music,
    Announcement,
}

/// The frame of one round.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// Counts the player's frames.
    pub(crate) sequence: u64,
    /// It follows on silence or on something else (RFC 3551 §4.1).
    pub(crate) marker: bool,
    /// Opus.
    pub(crate) payload: &'a [u8],
}

impl Player {
    pub(crate) fn new(playlist: &Playlist, prompts: &Prompts) -> Self {
        let find = |prompt: Option<_>| prompt.and_then(|prompt| prompts.get(prompt));
        Self {
            playlist: *playlist,
            greeting: find(playlist.greeting),
            music: find(playlist.music),
            announcement: announced(playlist, prompts),
            ending: None,
            turn: Turn::Greeting(Cursor::default()),
            music_at: Cursor::default(),
            before: None,
            sequence: 0,
        }
    }

    /// Goes on with another playlist, if that differs in its announcement alone: it is heard when one comes next.
    pub(crate) fn go_on_with(&mut self, playlist: &Playlist, prompts: &Prompts) -> bool {
        let before = Playlist { announcement: playlist.announcement, ..self.playlist };
        if before != *playlist {
            return false;
        }
        let replaced = std::mem::replace(&mut self.announcement, announced(playlist, prompts));
        self.playlist = *playlist;
        self.turn = match (self.turn, &self.announcement) {
            (Turn::Announcement(at), _) => {
                self.ending = self.ending.take().or(replaced.map(|(prompt, _)| prompt));
                Turn::Announcement(at)
            }
            // There was none, or there is one less long to wait for.
            (Turn::Music(rounds), Some((_, interval))) => {
                Turn::Music(if replaced.is_none() { *interval } else { rounds.min(*interval) })
            }
            (turn, _) => turn,
        };
        true
    }

    /// Nothing comes any more.
    pub(crate) fn is_over(&self) -> bool {
        self.music.is_none() && self.announcement.is_none() && self.is_turn_over()
    }

    /// The next round's frame; none for silence.
    pub(crate) fn next(&mut self) -> Option<Frame<'_>> {
        if self.is_turn_over() {
            self.ending = None;
            self.turn = match (self.turn, &self.announcement) {
                (Turn::Music(_), _) => Turn::Announcement(Cursor::default()),
                (Turn::Greeting(_) | Turn::Announcement(_), Some((_, rounds))) => Turn::Music(*rounds),
                (Turn::Greeting(_) | Turn::Announcement(_), None) => Turn::Music(0),
            };
        }
        let (kind, payload) = match &mut self.turn {
            Turn::Greeting(at) => (Kind::Greeting, self.greeting.as_ref().and_then(|prompt| prompt.take(at))),
            Turn::Announcement(at) => {
                let current = self.announcement.as_ref().map(|(prompt, _)| prompt);
                (Kind::Announcement, self.ending.as_ref().or(current).and_then(|prompt| prompt.take(at)))
            }
            Turn::Music(rounds) => {
                *rounds = rounds.saturating_sub(1);
                (Kind::Music, self.music.as_ref().and_then(|prompt| prompt.take_looped(&mut self.music_at)))
            }
        };
        let before = std::mem::replace(&mut self.before, payload.is_some().then_some(kind));
        let payload = payload?;
        self.sequence += 1;
        Some(Frame { sequence: self.sequence, marker: before != Some(kind), payload })
    }

    fn is_turn_over(&self) -> bool {
        match self.turn {
            Turn::Greeting(at) => self.greeting.as_ref().is_none_or(|prompt| prompt.is_over(at)),
            Turn::Music(rounds) => rounds == 0 && self.announcement.is_some(),
            Turn::Announcement(at) => {
                let current = self.announcement.as_ref().map(|(prompt, _)| prompt);
                self.ending.as_ref().or(current).is_none_or(|prompt| prompt.is_over(at))
            }
        }
    }
}

/// The playlist's announcement, and how many frames lie between two of it.
fn announced(playlist: &Playlist, prompts: &Prompts) -> Option<(Arc<Prompt>, u64)> {
    let announcement = playlist.announcement?;
    let rounds = (u128::from(announcement.interval_ms) / PROMPT_FRAME.as_millis()).max(1) as u64;
    Some((prompts.get(announcement.prompt)?, rounds))
}

impl Prompt {
    /// Like [`Self::take`], and after the last frame comes the first.
    fn take_looped(&self, at: &mut Cursor) -> Option<&[u8]> {
        if self.is_over(*at) {
            *at = Cursor::default();
        }
        self.take(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PromptId;
    use wire::{engine::Announcement, prompt::Frames};

    const GREETING: PromptId = PromptId::of(1);
    const MUSIC: PromptId = PromptId::of(2);
    const ANNOUNCEMENT: PromptId = PromptId::of(3);
    const OTHER: PromptId = PromptId::of(4);

    /// `gg`, `abc`, `!` and `xyz`.
    fn prompts() -> Prompts {
        let mut prompts = Prompts::default();
        for (prompt, text) in [(GREETING, "gg"), (MUSIC, "abc"), (ANNOUNCEMENT, "!"), (OTHER, "xyz")] {
            let frames = Frames::new(text.as_bytes().chunks(1));
            prompts.load(prompt, 0, text.len() as u32, frames).expect("it is short");
        }
        prompts
    }

    /// What is heard: marked frames after a bar, silence as dots.
    fn heard(playlist: Playlist, rounds: usize) -> String {
        let mut player = Player::new(&playlist, &prompts());
        let mut text = String::new();
        let mut sequence = 0;
        for _ in 0..rounds {
            match player.next() {
                Some(frame) => {
                    assert_eq!(frame.sequence, sequence + 1);
                    sequence = frame.sequence;
                    text += if frame.marker { "|" } else { "" };
                    text.push(char::from(frame.payload[0]));
                }
                None => text.push('.'),
            }
        }
        text
    }

    fn every(interval_ms: u32) -> Option<Announcement> {
        Some(Announcement { prompt: ANNOUNCEMENT, interval_ms })
    }

    #[test]
    fn a_greeting_is_heard_once() {
        assert_eq!(heard(Playlist::once(GREETING), 5), "|gg...");
        let mut player = Player::new(&Playlist::once(GREETING), &prompts());
        assert!(!player.is_over());
        assert!((0..2).all(|_| player.next().is_some()));
        assert!(player.is_over());
    }

    #[test]
    fn music_goes_on_after_each_announcement() {
        assert_eq!(heard(Playlist::looped(MUSIC), 7), "|abcabca");
        let playlist = Playlist { greeting: Some(GREETING), music: Some(MUSIC), announcement: every(80) };
        assert_eq!(heard(playlist, 15), "|gg|abca|!|bcab|!|cab");
    }

    #[test]
    fn without_music_announcements_come_out_of_silence() {
        let playlist = Playlist { announcement: every(40), ..Playlist::default() };
        assert_eq!(heard(playlist, 7), "..|!..|!.");
        let back_to_back = Playlist { announcement: every(0), ..Playlist::default() };
        assert_eq!(heard(back_to_back, 4), ".|!.|!");
    }

    /// What is heard for so many rounds, without bars.
    fn plays(player: &mut Player, rounds: usize) -> String {
        (0..rounds).map(|_| player.next().map_or('.', |frame| char::from(frame.payload[0]))).collect()
    }

    #[test]
    fn another_announcement_comes_next_and_interrupts_nothing() {
        let say = |prompt| Some(Announcement { prompt, interval_ms: 80 });
        let playlist = |prompt| Playlist { greeting: Some(GREETING), music: Some(MUSIC), announcement: say(prompt) };
        let prompts = prompts();
        let mut player = Player::new(&playlist(ANNOUNCEMENT), &prompts);
        assert_eq!(plays(&mut player, 4), "ggab");
        assert!(player.go_on_with(&playlist(OTHER), &prompts));
        assert_eq!(plays(&mut player, 3), "cax");
        // In the middle of one: it is heard to its end.
        assert!(player.go_on_with(&playlist(ANNOUNCEMENT), &prompts));
        assert_eq!(plays(&mut player, 7), "yzbcab!");
        let without = Playlist { announcement: None, ..playlist(OTHER) };
        assert!(player.go_on_with(&without, &prompts));
        assert_eq!(plays(&mut player, 6), "cabcab");
        assert!(player.go_on_with(&playlist(OTHER), &prompts), "it has another one from now on");
        assert_eq!(plays(&mut player, 5), "cabcx");
        assert!(!player.go_on_with(&Playlist::looped(MUSIC), &prompts), "the greeting is another");
    }

    #[test]
    fn what_is_not_there_is_silence() {
        assert_eq!(heard(Playlist::default(), 3), "...");
        assert!(Player::new(&Playlist::looped(PromptId::of(9)), &prompts()).is_over());
    }
}
