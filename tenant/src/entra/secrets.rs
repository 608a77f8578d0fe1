//! Identifiers that nobody can guess in a real service and everybody can repeat here: hashes of a seed and a counter.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Hands out identifiers and seals access tokens.
pub(super) struct Secrets {
    seed: u64,
    counter: u64,
}

impl Secrets {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, counter: 0 }
    }

    fn next(&mut self) -> [u8; 32] {
        self.counter += 1;
        Sha256::new().chain_update(self.seed.to_le_bytes()).chain_update(self.counter.to_le_bytes()).finalize().into()
    }

    /// A long opaque value with a prefix that tells kinds of values apart.
    pub(super) fn value(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", URL_SAFE_NO_PAD.encode(self.next()))
    }

    /// An identifier in GUID form.
    pub(super) fn guid(&mut self) -> String {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.next()[..16]);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let number = u128::from_be_bytes(bytes);
        let hex = format!("{number:032x}");
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// A string that only this tenant can have made from this payload.
    pub(super) fn seal(&self, payload: &[u8]) -> String {
        let body = URL_SAFE_NO_PAD.encode(payload);
        let seal = URL_SAFE_NO_PAD.encode(self.digest(payload));
        format!("made-up.{body}.{seal}")
    }

    /// The payload of a sealed string, or `None` for anything else.
    pub(super) fn unseal(&self, text: &str) -> Option<Vec<u8>> {
        let (body, seal) = text.strip_prefix("made-up.")?.split_once('.')?;
        let payload = URL_SAFE_NO_PAD.decode(body).ok()?;
        (URL_SAFE_NO_PAD.decode(seal).ok()? == self.digest(&payload)).then_some(payload)
    }

    fn digest(&self, payload: &[u8]) -> [u8; 32] {
        Sha256::new()
            .chain_update("access token")
            .chain_update(self.seed.to_le_bytes())
            .chain_update(payload)
            .finalize()
            .into()
    }
}

/// The S256 challenge of a code verifier (RFC 7636).
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}
