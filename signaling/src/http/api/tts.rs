//! Voices and placeholders of spoken texts.

use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusResponse};
use crate::http::params::Params;
use crate::http::routes::Routes;
use crate::state::AppState;
use crate::supply::OWN_VOICE;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::audio::position;
use prompts::{SpeechError, Voice};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

const PURPOSES: [&str; 7] = [
    "WAITING_STRATEGY_GREETING_MESSAGE",
    ANNOUNCEMENT,
    "WAITING_STRATEGY_MAXIMUM_WAIT_TIME_MESSAGE",
    "WORKING_HOURS_AWAY_MESSAGE",
    "TRANSFER_STRATEGY_MESSAGE",
    "ON_HOLD_MESSAGE",
    "CALLBACK_CONFIRMATION_MESSAGE",
];
const ANNOUNCEMENT: &str = "WAITING_STRATEGY_ANNOUNCEMENT_MESSAGE";

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::ReadTtsPlaceholders, routes!(placeholders)).on(Operation::ListVoices, routes!(voices))
}

/// What stands for something in a text that is known only when it is spoken.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TtsPlaceholder {
    /// The caller's place in the queue.
    #[serde(rename = "type")]
    kind: &'static str,
    say_as: &'static str,
    /// To be written into the text. `{{QUEUE_POSITION_CARDINAL}}` and `{{QUEUE_POSITION_ORDINAL}}` are understood too.
    placeholder_value: &'static str,
    /// What it counts for towards the text's limit, beyond its own characters.
    placeholder_padding_size: u32,
    #[serde(rename = "requiresSSML")]
    requires_ssml: bool,
}

/// Reads which placeholder texts for a purpose may have.
#[utoipa::path(get, path = "/ccaas/voice/2/tts/options/placeholders/{ttsPurpose}",
    operation_id = "get-conversations-tts-supported-placeholders", tag = "Text to speech",
    params(("ttsPurpose" = String, Path, description = "What the text is for.")),
    responses(
        (status = 200, body = TtsPlaceholder),
        (status = 400, body = StatusResponse),
        (status = 404, body = StatusResponse),
    ))]
async fn placeholders(_: Caller, Path(purpose): Path<String>) -> Result<Json<TtsPlaceholder>, ApiError> {
    match purpose.as_str() {
        ANNOUNCEMENT => Ok(Json(TtsPlaceholder {
            kind: "POSITION_IN_QUEUE",
            say_as: "DEFAULT",
            placeholder_value: position::DEFAULT,
            placeholder_padding_size: 0,
            requires_ssml: false,
        })),
        other if PURPOSES.contains(&other) => {
            Err(ApiError::not_found("Texts for this purpose have no placeholders; announcements have."))
        }
        _ => Err(ApiError::bad_request(format!("ttsPurpose: must be one of {}", PURPOSES.join(", ")))),
    }
}

/// Voices of a language.
#[derive(Debug, Serialize, ToSchema)]
struct Voices {
    voices: Vec<SynthesisVoice>,
}

/// A voice that can speak.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SynthesisVoice {
    name: String,
    gender: &'static str,
    supplier: &'static str,
    ssml_supported: bool,
    default: bool,
    neural: bool,
    is_default: bool,
    is_neural: bool,
}

impl SynthesisVoice {
    fn of(name: String, female: bool) -> Self {
        let is_default = name == OWN_VOICE;
        Self {
            name,
            gender: if female { "FEMALE" } else { "MALE" },
            supplier: "eSpeak NG",
            ssml_supported: false,
            default: is_default,
            neural: false,
            is_default,
            is_neural: false,
        }
    }
}

/// Lists voices of a language. None of them is neural.
#[utoipa::path(get, path = "/tts/3/voices/{language}", operation_id = "get-voices", tag = "Text to speech",
    params(
        ("language" = String, Path, description = "BCP 47 tag, for example `en` or `en-GB`."),
        ("includeNeural" = Option<bool>, Query, description = "Makes no difference here."),
    ),
    responses(
        (status = 200, body = Voices),
        (status = 404, body = ApiException),
        (status = 503, body = ApiException, description = "The program that speaks is not installed."),
    ))]
async fn voices(
    State(state): State<AppState>,
    _: Caller,
    Path(language): Path<String>,
    mut params: Params,
) -> Result<Json<Voices>, ApiError> {
    params.flag("includeNeural");
    params.done()?;
    let ask = move |speaker: &prompts::Speaker| speaker.tag(&language).and_then(|_| speaker.voices());
    let voices = state.maker.blocking(ask).await.map_err(|error| match error {
        SpeechError::UnknownLanguage { .. } => ApiError::not_found(error.to_string()),
        other => ApiError::unavailable(other.to_string()),
    })?;
    let own = SynthesisVoice::of(OWN_VOICE.to_owned(), false);
    let others = voices.into_iter().map(|Voice { id, female }| SynthesisVoice::of(id, female));
    Ok(Json(Voices { voices: std::iter::once(own).chain(others).collect() }))
}
