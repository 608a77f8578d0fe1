//! The person's time zone: when its clocks change.

use js_sys::Date;
use wasm_bindgen::JsValue;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Clocks change twice a year, so that between two looks there is one change at most; a month's fast has two in some places.
const STEP: i64 = 10 * DAY;
/// How far back and ahead of now clocks are looked at. Logs are kept for a month, and archives are read for longer.
const BACK: i64 = 3 * 366 * DAY;
const AHEAD: i64 = 366 * DAY;

/// Seconds by which clocks are ahead of UTC, each from an instant on; the first holds for everything before, too.
pub fn zone(now: i64) -> Vec<(i64, i32)> {
    let first = (now - BACK).div_euclid(DAY) * DAY;
    let mut offset = offset_secs(first);
    let mut found = vec![(first, offset)];
    let mut at = first;
    while at < now + AHEAD {
        let next = at + STEP;
        let then = offset_secs(next);
        if then != offset {
            found.push((change(at, next, offset), then));
            offset = then;
        }
        at = next;
    }
    found
}

/// The minute at which the offset stops being `before`, between two instants.
fn change(mut from: i64, mut to: i64, before: i32) -> i64 {
    const MINUTE: i64 = 60_000;
    while to - from > MINUTE {
        let middle = from + (to - from) / (2 * MINUTE) * MINUTE;
        let middle = middle.max(from + MINUTE);
        if offset_secs(middle) == before {
            from = middle;
        } else {
            to = middle;
        }
    }
    to
}

fn offset_secs(instant: i64) -> i32 {
    // Minutes by which UTC is ahead of the clocks.
    -(Date::new(&JsValue::from_f64(instant as f64)).get_timezone_offset() as i32) * 60
}
