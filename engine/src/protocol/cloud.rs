//! A cloud in a message: its description, which is checked again by whoever reads it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::clouds::{Cloud, checked};

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields so")]
pub(super) fn serialize<S: Serializer>(cloud: &&'static Cloud, serializer: S) -> Result<S::Ok, S::Error> {
    cloud.described().serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static Cloud, D::Error> {
    let description = <[String; 5]>::deserialize(deserializer)?;
    checked(description.each_ref().map(String::as_str)).map_err(|_| D::Error::custom("no cloud"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Source, decode, encode};

    #[test]
    fn a_message_brings_the_whole_cloud_and_no_wrong_one() {
        let described = [
            "own",
            "https://login.cloud.example",
            "https://graph.cloud.example",
            "https://portal.cloud.example",
            "Own",
        ];
        let cloud = checked(described).expect("a cloud with everything");
        let source = Source::Graph { cloud, app: "app".to_owned(), tenant: "tenant".to_owned() };
        let bytes = encode(&source);
        assert_eq!(decode::<Source>(&bytes), Ok(source));
        let at = bytes.windows(5).position(|part| part == b"graph").expect("the host is in the message");
        let mut wrong = bytes.clone();
        wrong[at + 5] = b'@';
        assert!(decode::<Source>(&wrong).is_err(), "the host has become a user name");
    }
}
