//! GUIDs as sixteen bytes. Only the canonical spelling, lower-case with four dashes, is one: others come back as they were.

/// The bytes of a canonical GUID.
#[inline]
pub(super) fn parse_guid(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.try_into().ok()?;
    if text[8] != b'-' || text[13] != b'-' || text[18] != b'-' || text[23] != b'-' {
        return None;
    }
    let mut guid = [0; 16];
    let mut odd = 0;
    for (byte, at) in guid.iter_mut().zip(DIGITS) {
        let (high, low) = (VALUES[text[at] as usize], VALUES[text[at + 1] as usize]);
        odd |= high | low;
        *byte = high << 4 | low & 0xf;
    }
    (odd < 16).then_some(guid)
}

/// The canonical spelling.
pub(super) fn guid_text(guid: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    write_guid(guid, &mut text);
    text
}

/// Puts the canonical spelling in the place of a text.
pub(super) fn write_guid(guid: [u8; 16], text: &mut String) {
    let mut spelling = [b'-'; 36];
    for (byte, at) in guid.into_iter().zip(DIGITS) {
        spelling[at..at + 2].copy_from_slice(&SPELLINGS[usize::from(byte)]);
    }
    text.clear();
    text.push_str(std::str::from_utf8(&spelling).expect("digits and dashes are ASCII"));
}

/// Each byte in two digits.
const SPELLINGS: [[u8; 2]; 256] = {
    let mut spellings = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        spellings[byte] = [b"0123456789abcdef"[byte >> 4], b"0123456789abcdef"[byte & 0xf]];
        byte += 1;
    }
    spellings
};

/// Where each byte's two digits are.
const DIGITS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/// The value of a lower-case hexadecimal digit; 255 for anything else.
const VALUES: [u8; 256] = {
    let mut values = [255; 256];
    let mut digit = 0;
    while digit < 16 {
        values[b"0123456789abcdef"[digit] as usize] = digit as u8;
        digit += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_spelling_is_a_guid() {
        let text = "0123abcd-4567-89ef-0a1b-2c3d4e5f6789";
        assert_eq!(parse_guid(text.as_bytes()).map(guid_text).as_deref(), Some(text));
        for odd in [
            "0123ABCD-4567-89ef-0a1b-2c3d4e5f6789",
            "0123abcd-4567-89ef-0a1b-2c3d4e5f678",
            "0123abcd-4567-89ef-0a1b-2c3d4e5f67890",
            "0123abcd+4567-89ef-0a1b-2c3d4e5f6789",
            "0123abcd-4567-89ef-0a1b-2c3d4e5f678g",
            "g123abcd-4567-89ef-0a1b-2c3d4e5f6789",
            "",
        ] {
            assert_eq!(parse_guid(odd.as_bytes()), None, "{odd}");
        }
    }
}
