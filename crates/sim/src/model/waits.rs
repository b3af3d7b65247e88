//! How calls wait, and what waiting callers hear.

use super::{Call, Deadline, Model, NO_ANSWER, State, Time};
use callcenter_core::audio::{Message, PromptSource};
use callcenter_core::row::WaitingStrategyFields;
use model::{CallId, EndedBy, PromptId, QueueId, WaitingStrategyId};
use std::collections::BTreeSet;
use wire::engine::{Announcement, Playlist};
use wire::prompt::{MUSIC, RINGBACK};

/// After a last message the call goes on for so long.
const TAIL: Time = 500;
/// Places that announcements name.
const PLACES: u32 = 30;

/// A strategy, in the words of who waits by it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    pub(crate) id: WaitingStrategyId,
    longest: Time,
    greeting: Option<PromptId>,
    /// Music that comes with the program is no prompt of the plan.
    music: Option<PromptId>,
    silent: bool,
    /// For each place; the interval in milliseconds.
    announcements: Vec<PromptId>,
    interval: u32,
    last: Option<PromptId>,
}

impl Plan {
    pub(crate) fn of(id: WaitingStrategyId, fields: &WaitingStrategyFields) -> Self {
        let prompt = |message: &Option<Message>| Some(message.as_ref()?.source()?.id());
        let file = fields.music.filter(|music| music.enabled).and_then(|music| music.file);
        let announcement = fields.announcement.as_ref();
        let at = |place| Some(announcement?.message.source_at(place)?.id());
        Self {
            id,
            longest: milliseconds(fields.maximum_wait.duration()),
            greeting: prompt(&fields.greeting),
            music: file.map(|file| PromptSource::File(file).id()),
            silent: fields.music.is_some_and(|music| !music.enabled),
            announcements: (1..=PLACES).filter_map(at).collect(),
            interval: announcement
                .and_then(|periodic| periodic.repeat_interval)
                .map_or(10_000, |interval| u32::try_from(milliseconds(interval.duration())).expect("short")),
            last: prompt(&fields.last_message),
        }
    }

    fn announced(&self, place: u32) -> Option<PromptId> {
        let names_place = self.announcements.windows(2).any(|pair| pair[0] != pair[1]);
        let index = if names_place { place.saturating_sub(1) as usize } else { 0 };
        self.announcements.get(index).copied()
    }

    fn prompts(&self) -> impl Iterator<Item = PromptId> {
        [self.greeting, self.music, self.last].into_iter().flatten().chain(self.announcements.iter().copied())
    }
}

fn milliseconds(duration: std::time::Duration) -> Time {
    Time::try_from(duration.as_millis()).expect("shorter than ages")
}

impl Call {
    /// Until then at most, by this plan.
    pub(crate) fn begins_to_wait(&mut self, plan: Option<Plan>, until: Option<Deadline>) {
        let id = |plan: &Option<Plan>| plan.as_ref().map(|plan| plan.id);
        self.wait_until = until;
        self.greeted &= id(&self.plan) == id(&plan);
        (self.plan, self.place, self.sound_unsure) = (plan, 0, false);
    }

    /// Whatever plays next has no greeting.
    pub(crate) fn was_greeted(&mut self) {
        self.greeted |= self.plan.as_ref().is_some_and(|plan| plan.greeting.is_some());
    }
}

impl Model {
    /// The plan of calls of this queue, and how long they wait at most.
    pub(crate) fn plan_for(&self, queue: QueueId) -> (Option<Plan>, Option<Deadline>) {
        let plan = self.plans.get(&queue).cloned();
        let until = plan.as_ref().map(|plan| self.deadline(plan.longest));
        (plan, until)
    }

    pub(super) fn begins_to_wait(&mut self, id: CallId) {
        let (plan, until) = self.plan_for(self.calls[&id].queue);
        self.call(id).begins_to_wait(plan, until);
    }

    pub(super) fn wait_is_over(&self, call: &Call) -> bool {
        call.wait_until.is_some_and(|until| until.due <= self.mono)
    }

    /// The caller hears the last message, if there is one to be heard.
    pub(super) fn wait_over(&mut self, id: CallId) {
        let call = &self.calls[&id];
        let last = self.last_message(call).filter(|_| call.customer.is_held());
        match last.and_then(|last| self.answers.get(&last)).copied().flatten() {
            Some(length) => {
                let until = self.deadline(length + TAIL);
                self.call(id).leaving = Some(until);
            }
            None => self.end(id, EndedBy::Platform, NO_ANSWER),
        }
    }

    fn last_message(&self, call: &Call) -> Option<PromptId> {
        if call.away { self.away.flatten() } else { call.plan.as_ref()?.last }
    }

    /// Who calls in a time off hears this from now on, and no agent; or waits as ever.
    pub(crate) fn set_away_message(&mut self, message: Option<Option<PromptId>>) -> bool {
        let is_known = if message.is_some() { self.has_hours } else { self.away.is_some() };
        if is_known {
            self.away = message;
            self.calls.values_mut().for_each(|call| call.message_changed |= call.away);
            self.want_prompts();
        }
        is_known
    }

    /// Each place in the line is announced to who has it. What plays to callers who were taken up after a restart is left
    /// alone until everything that they may hear is made, or cannot be.
    pub(crate) fn note_sounds(&mut self) {
        for (id, place) in self.places() {
            self.call(id).place = place;
        }
        for id in self.calls.keys().copied().collect::<Vec<_>>() {
            let call = &self.calls[&id];
            let is_held = call.customer.is_held();
            let is_said = is_held && !call.state.is_talk() && self.all_answered(call);
            self.call(id).sound_unsure &= !is_said;
        }
    }

    fn all_answered(&self, call: &Call) -> bool {
        let sounds = match (call.leaving, &call.plan) {
            (Some(_), _) => [self.last_message(call), None, None],
            (None, Some(plan)) => [plan.greeting, plan.music, plan.announced(call.place)],
            (None, None) => return true,
        };
        sounds.into_iter().flatten().all(|prompt| self.answers.contains_key(&prompt))
    }

    /// Places of waiting calls, among those that wait for the same.
    pub(crate) fn places(&self) -> Vec<(CallId, u32)> {
        let mut counted = std::collections::BTreeMap::new();
        let mut places = Vec::new();
        for id in self.line() {
            let call = &self.calls[&id];
            let place = counted.entry((call.only, call.only.is_none().then_some(call.queue))).or_insert(0);
            *place += 1;
            places.push((id, *place));
        }
        places
    }

    /// What a caller who is not talking hears.
    pub(crate) fn playlist(&self, call: &Call) -> Playlist {
        let made = |prompt: Option<PromptId>| prompt.filter(|prompt| matches!(self.answers.get(prompt), Some(Some(_))));
        match call.state {
            State::Held => return Playlist::looped(MUSIC),
            State::Transferring => return Playlist::looped(RINGBACK),
            _ => {}
        }
        if call.leaving.is_some() {
            return made(self.last_message(call)).map_or_else(Playlist::default, Playlist::once);
        }
        let Some(plan) = call.plan.as_ref() else { return Playlist::looped(RINGBACK) };
        let announced = made(plan.announced(call.place));
        Playlist {
            greeting: made(plan.greeting).filter(|_| !call.greeted),
            music: (!plan.silent).then(|| made(plan.music).unwrap_or(MUSIC)),
            announcement: announced.map(|prompt| Announcement { prompt, interval_ms: plan.interval }),
        }
    }

    /// It is made and so long, or cannot be made for now.
    pub(crate) fn prompt_answered(&mut self, prompt: PromptId, length: Option<Time>) {
        if self.wanted.contains(&prompt) {
            let known = self.answers.entry(prompt).or_default();
            *known = known.or(length);
        }
    }

    /// Strategies changed: what nobody may hear any more is forgotten.
    pub(crate) fn want_prompts(&mut self) {
        let live = self.calls.values().filter_map(|call| call.plan.as_ref());
        let plans = self.plans.values().chain(live).flat_map(Plan::prompts);
        let wanted: BTreeSet<PromptId> = plans.chain(self.away.flatten()).collect();
        self.answers.retain(|prompt, _| wanted.contains(prompt));
        self.wanted = wanted;
    }
}
