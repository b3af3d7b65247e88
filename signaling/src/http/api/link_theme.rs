//! The looks of a call link's page: what can be set, its defaults, and how it is checked.

use crate::http::fields::Fields;
use model::{ImageType, LinkImageId, SubdomainId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

const TEXT_MAX: usize = 1000;
const LANGUAGES: [&str; 13] = [
    "ar-AE", "de-DE", "en-US", "es-LA", "fr-FR", "it-IT", "ja-JP", "pt-BR", "ru-RU", "sv-SE", "tr-TR", "zh-Hans",
    "zh-TW",
];

/// What a configuration holds besides its name, every value given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PageOptions {
    pub(super) initial_options: InitialOptions,
    pub(super) call_options: CallOptions,
    pub(super) theme: Theme,
    /// Under which links are opened. With PATCH, `null` takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subdomain_id: Option<SubdomainId>,
}

/// What the customer can set before the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct InitialOptions {
    audio: bool,
    video: bool,
    muted: bool,
    settings: bool,
    camera_facing_mode: CameraFacingMode,
}

/// Which camera is on first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum CameraFacingMode {
    /// Towards the customer.
    #[default]
    Front,
    /// Away from the customer.
    Back,
}

/// What the customer can do during the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct CallOptions {
    mute: bool,
    screen_share: bool,
    camera: bool,
    switch_camera_facing_mode: bool,
    dial_pad: bool,
    chat: bool,
    settings: bool,
    recording_indicator: bool,
}

/// Images, texts, colours and language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Theme {
    pub(super) images: Images,
    pub(super) messages: Messages,
    colors: Colors,
    layouts: Vec<Layout>,
    localization: Localization,
}

/// Images of the page. Without a logo it shows the name's first letter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Images {
    /// Of the type `LOGO`. With PATCH, `null` takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logo_image_id: Option<LinkImageId>,
    /// Of the type `BACKGROUND`. With PATCH, `null` takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) background_image_id: Option<LinkImageId>,
}

/// Texts of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Messages {
    #[schema(max_length = 1000, default = "Welcome to Call Link.")]
    welcome_text: String,
    #[schema(max_length = 1000, default = "This link is not active.")]
    inactive_text: String,
    #[schema(max_length = 1000, default = "Link is expired.")]
    expiration_text: String,
}

/// Colours as six hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
struct Colors {
    #[schema(pattern = "^[0-9A-Fa-f]{6}$", default = "148997")]
    primary: String,
    #[schema(pattern = "^[0-9A-Fa-f]{6}$", default = "242424")]
    primary_text: String,
    #[schema(pattern = "^[0-9A-Fa-f]{6}$", default = "F9F9F9")]
    background: String,
}

/// How participants are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Layout {
    /// One large.
    Solo,
    /// All alike.
    Grid,
}

/// Language of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
enum Localization {
    /// The browser's.
    #[default]
    BrowserDetected,
    /// Always this one.
    Preset {
        /// One of the thirteen languages, for example `de-DE`.
        language_code: String,
    },
}

impl Default for InitialOptions {
    fn default() -> Self {
        Self { audio: true, video: true, muted: true, settings: true, camera_facing_mode: CameraFacingMode::Front }
    }
}

impl Default for CallOptions {
    fn default() -> Self {
        Self {
            mute: true,
            screen_share: true,
            camera: true,
            switch_camera_facing_mode: true,
            dial_pad: false,
            chat: false,
            settings: true,
            recording_indicator: false,
        }
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self {
            images: Images::default(),
            messages: Messages::default(),
            colors: Colors::default(),
            layouts: vec![Layout::Grid],
            localization: Localization::default(),
        }
    }
}

impl Default for Messages {
    fn default() -> Self {
        Self {
            welcome_text: "Welcome to Call Link.".to_owned(),
            inactive_text: "This link is not active.".to_owned(),
            expiration_text: "Link is expired.".to_owned(),
        }
    }
}

impl Default for Colors {
    fn default() -> Self {
        Self { primary: "148997".to_owned(), primary_text: "242424".to_owned(), background: "F9F9F9".to_owned() }
    }
}

impl PageOptions {
    /// Options that were stored. What an older release did not know yet has its default.
    pub(super) fn stored(body: &Value) -> Self {
        serde_json::from_value(body.clone()).unwrap_or_else(|error| {
            tracing::error!(%error, "a call link configuration cannot be read: its page has the defaults");
            Self::default()
        })
    }

    /// For the store.
    pub(super) fn body(&self) -> Value {
        serde_json::to_value(self).unwrap_or_else(|_| Value::Object(Map::new()))
    }

    /// Changes what the request names.
    pub(super) fn read(&mut self, fields: &mut Fields) {
        fields.object("initialOptions", |options| self.initial_options.read(options));
        fields.object("callOptions", |options| self.call_options.read(options));
        fields.object("theme", |theme| self.theme.read(theme));
        if fields.mentions("subdomainId") {
            self.subdomain_id = fields.id("subdomainId");
        }
        if fields.raw("webhook").is_some() {
            fields.reject("webhook", "is not supported by this release");
        }
    }
}

fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}

impl InitialOptions {
    fn read(&mut self, fields: &mut Fields) {
        set(&mut self.audio, fields.flag("audio"));
        set(&mut self.video, fields.flag("video"));
        set(&mut self.muted, fields.flag("muted"));
        set(&mut self.settings, fields.flag("settings"));
        set(&mut self.camera_facing_mode, fields.one_of("cameraFacingMode", "FRONT, BACK"));
    }
}

impl CallOptions {
    fn read(&mut self, fields: &mut Fields) {
        set(&mut self.mute, fields.flag("mute"));
        set(&mut self.screen_share, fields.flag("screenShare"));
        set(&mut self.camera, fields.flag("camera"));
        set(&mut self.switch_camera_facing_mode, fields.flag("switchCameraFacingMode"));
        set(&mut self.dial_pad, fields.flag("dialPad"));
        set(&mut self.chat, fields.flag("chat"));
        set(&mut self.settings, fields.flag("settings"));
        set(&mut self.recording_indicator, fields.flag("recordingIndicator"));
    }
}

impl Theme {
    fn read(&mut self, fields: &mut Fields) {
        fields.object("messages", |messages| self.messages.read(messages));
        fields.object("colors", |colors| self.colors.read(colors));
        set(&mut self.layouts, read_layouts(fields));
        set(&mut self.localization, fields.object("localization", read_localization).flatten());
        fields.object("images", |images| self.images.read(images));
    }
}

impl Images {
    /// Each with what it is for and its field's name.
    pub(super) fn each(&mut self) -> [(ImageType, &'static str, &mut Option<LinkImageId>); 2] {
        [
            (ImageType::Logo, "logoImageId", &mut self.logo_image_id),
            (ImageType::Background, "backgroundImageId", &mut self.background_image_id),
        ]
    }

    fn read(&mut self, fields: &mut Fields) {
        for (_, name, image) in self.each() {
            if fields.mentions(name) {
                *image = fields.id(name);
            }
        }
    }
}

impl Messages {
    fn read(&mut self, fields: &mut Fields) {
        set(&mut self.welcome_text, fields.text("welcomeText", 0..=TEXT_MAX));
        set(&mut self.inactive_text, fields.text("inactiveText", 0..=TEXT_MAX));
        set(&mut self.expiration_text, fields.text("expirationText", 0..=TEXT_MAX));
    }
}

impl Colors {
    fn read(&mut self, fields: &mut Fields) {
        let colors = [
            ("primary", &mut self.primary),
            ("primaryText", &mut self.primary_text),
            ("background", &mut self.background),
        ];
        for (name, target) in colors {
            let color = fields.text(name, 0..=7);
            if color.as_ref().is_some_and(|color| color.len() != 6 || !color.bytes().all(|b| b.is_ascii_hexdigit())) {
                fields.reject(name, "must be six hex digits, for example 148997");
            }
            set(target, color);
        }
    }
}

fn read_layouts(fields: &mut Fields) -> Option<Vec<Layout>> {
    let layouts: Option<Vec<Layout>> =
        fields.list("layouts", 2)?.into_iter().map(|value| serde_json::from_value(value).ok()).collect();
    if layouts.is_none() {
        fields.reject("layouts", "must be SOLO or GRID");
    }
    layouts
}

fn read_localization(fields: &mut Fields) -> Option<Localization> {
    match fields.text("type", 0..=64).as_deref() {
        Some("BROWSER_DETECTED") => Some(Localization::BrowserDetected),
        Some("PRESET") => {
            let language_code = fields.required_text("languageCode", 16);
            if !language_code.is_empty() && !LANGUAGES.contains(&language_code.as_str()) {
                fields.reject("languageCode", format!("must be one of {}", LANGUAGES.join(", ")));
            }
            Some(Localization::Preset { language_code })
        }
        _ => {
            fields.reject("type", "must be PRESET or BROWSER_DETECTED");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(options: &mut PageOptions, value: Value) -> bool {
        let Value::Object(map) = value else { panic!("no object") };
        let mut fields = Fields::new(map);
        options.read(&mut fields);
        fields.done().is_ok()
    }

    #[test]
    fn what_is_named_changes_and_the_rest_stays() {
        let mut options = PageOptions::default();
        assert!(read(
            &mut options,
            json!({"theme": {"colors": {"primary": "FF0000"}}, "callOptions": {"camera": false}})
        ));
        assert_eq!(options.theme.colors.primary, "FF0000");
        assert_eq!(options.theme.colors.background, "F9F9F9");
        assert!(!options.call_options.camera && options.call_options.mute);
        assert_eq!(PageOptions::stored(&options.body()), options);
    }

    #[test]
    fn colours_that_would_be_styles_are_refused() {
        for color in ["red", "#FF0000", "12345", "url(x)", "00000;"] {
            let theme = json!({"theme": {"colors": {"primary": color}}});
            assert!(!read(&mut PageOptions::default(), theme), "{color}");
        }
    }

    #[test]
    fn languages_come_from_the_list() {
        let with = |code: &str| json!({"theme": {"localization": {"type": "PRESET", "languageCode": code}}});
        assert!(read(&mut PageOptions::default(), with("ja-JP")));
        assert!(!read(&mut PageOptions::default(), with("xx-XX")));
    }
}
