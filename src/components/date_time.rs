//! Instants in the person's language and time zone, with UTC behind each. Instants are UTC everywhere else.

use engine::{instant::format_instant, ports::Millis};
use js_sys::{Array, Date, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// The browser's formatters; making one is slow, so a mount makes them once.
#[derive(Clone)]
pub struct DateFormats {
    day: Intl::DateTimeFormat,
    day_of_year: Intl::DateTimeFormat,
    long_day: Intl::DateTimeFormat,
    time: Intl::DateTimeFormat,
    minute: Intl::DateTimeFormat,
    weekday: Intl::DateTimeFormat,
}

impl Default for DateFormats {
    fn default() -> Self {
        let time = [("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit"), ("hourCycle", "h23")];
        let minute = [("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")];
        let day = [("day", "numeric"), ("month", "short")];
        let day_of_year = [("day", "numeric"), ("month", "short"), ("year", "numeric")];
        let long_day = [("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")];
        let weekday = [("weekday", "short"), ("day", "numeric"), ("month", "short")];
        Self {
            day: format(&day),
            day_of_year: format(&day_of_year),
            long_day: format(&long_day),
            time: format(&time),
            minute: format(&minute),
            weekday: format(&weekday),
        }
    }
}

impl DateFormats {
    /// Day and month: `14 Oct`.
    pub fn day(&self, instant: Millis) -> String {
        written(&self.day, instant)
    }
    /// Weekday, day, month and year.
    pub fn long_day(&self, instant: Millis) -> String {
        written(&self.long_day, instant)
    }
    /// Time to the second: `05:58:12`.
    pub fn time(&self, instant: Millis) -> String {
        written(&self.time, instant)
    }
    /// Day, year and time to the second.
    pub fn full(&self, instant: Millis) -> String {
        format!("{}, {}", written(&self.day_of_year, instant), self.time(instant))
    }
    /// Day, year and time to the minute, for ranges.
    pub fn brief(&self, instant: Millis) -> String {
        format!("{}, {}", written(&self.day_of_year, instant), written(&self.minute, instant))
    }
    /// Weekday, day and month: `Wed 14 Oct`.
    pub fn weekday(&self, instant: Millis) -> String {
        written(&self.weekday, instant)
    }
    /// Day, month and year: `14 Oct 2026`.
    pub fn day_of_year(&self, instant: Millis) -> String {
        written(&self.day_of_year, instant)
    }
    /// Time to the minute: `05:58`.
    pub fn minute(&self, instant: Millis) -> String {
        written(&self.minute, instant)
    }
    /// Weekday, day, month and time to the minute, for what is near: `Wed 2 Dec, 14:00`.
    pub fn coming(&self, instant: Millis) -> String {
        format!("{}, {}", written(&self.weekday, instant), written(&self.minute, instant))
    }
    /// Name of the person's time zone: `Europe/Lisbon`.
    pub fn zone(&self) -> String {
        let options: JsValue = self.time.resolved_options().into();
        Reflect::get(&options, &"timeZone".into()).ok().and_then(|zone| zone.as_string()).unwrap_or_default()
    }
}

/// An instant with day, year and time.
#[component]
pub fn DateTime(
    /// When.
    at: Millis,
) -> impl IntoView {
    let formats = formats();
    view! { <time datetime=iso(at) title=utc(at)>{formats.full(at)}</time> }
}

/// The formatters of this mount, as a handle that closures can hold.
pub fn formats_handle() -> StoredValue<DateFormats, LocalStorage> {
    use_context().unwrap_or_else(|| StoredValue::new_local(DateFormats::default()))
}

/// The formatters of this mount.
pub fn formats() -> DateFormats {
    formats_handle().get_value()
}

/// An instant in ISO 8601, UTC.
pub fn iso(instant: Millis) -> String {
    format_instant(instant)
}

/// An instant in UTC for reading.
pub fn utc(instant: Millis) -> String {
    iso(instant).replace('T', " ").replace('Z', " UTC")
}

/// What a `datetime-local` field shows for an instant: local time to the minute.
pub fn local_field(instant: Millis) -> String {
    let date = Date::new(&JsValue::from_f64(instant as f64));
    let (year, month, day) = (date.get_full_year(), date.get_month() + 1, date.get_date());
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}", date.get_hours(), date.get_minutes())
}

/// Reads what stands in a `datetime-local` field; `None` when it is empty or no time.
pub fn from_local_field(text: &str) -> Option<Millis> {
    // Without an offset, the language reads a date and time as local time, which is what the field means.
    let millis = (!text.is_empty()).then(|| Date::parse(text))?;
    millis.is_finite().then_some(millis as Millis)
}

fn format(options: &[(&str, &str)]) -> Intl::DateTimeFormat {
    let object = Object::new();
    for (name, value) in options {
        // Setting a property of a new plain object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    // British order and no commas inside a date; the catalogue is English too.
    Intl::DateTimeFormat::new(&Array::of1(&"en-GB".into()).unchecked_into(), &object.unchecked_into())
}

fn written(format: &Intl::DateTimeFormat, instant: Millis) -> String {
    let date = Date::new(&JsValue::from_f64(instant as f64));
    let written = format.format().call1(&JsValue::UNDEFINED, &date.into());
    written.ok().and_then(|text| text.as_string()).unwrap_or_else(|| iso(instant))
}
