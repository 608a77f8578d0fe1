//! Names of people and places that the made-up organisation is built from. All addresses are from documentation ranges.

/// A place where people work.
#[derive(Debug)]
pub struct Office {
    /// City, as Graph prints it.
    pub city: &'static str,
    /// State or province.
    pub state: &'static str,
    /// Two-letter country code.
    pub country: &'static str,
    /// Latitude and longitude in ten-thousandths of a degree.
    pub coordinates: (i64, i64),
    /// Minutes that local time is ahead of UTC.
    pub utc_offset_minutes: i64,
    /// Network prefix of the office, completed by one number.
    pub network: &'static str,
    /// Autonomous system of the office's provider (documentation range).
    pub autonomous_system: i64,
    /// People out of a thousand who work here.
    pub share: u32,
    /// Given names.
    pub given: &'static [&'static str],
    /// Family names.
    pub family: &'static [&'static str],
    /// True where the family name comes first and without a space.
    pub is_family_first: bool,
}

/// Every office; the first is the headquarters.
pub static OFFICES: &[Office] = &[
    Office {
        city: "Hamburg",
        state: "Hamburg",
        country: "DE",
        coordinates: (535_511, 99_937),
        utc_offset_minutes: 60,
        network: "192.0.2.",
        autonomous_system: 64_496,
        share: 260,
        given: &[
            "Anke", "Jürgen", "Sören", "Katrin", "Malte", "Birgit", "Ole", "Frauke", "Hauke", "Imke", "Torben", "Silke",
        ],
        family: &[
            "Brandt", "Petersen", "Müller", "Hansen", "Groß", "Thießen", "Ahlers", "Lüders", "Behrens", "Ihde", "Voß",
        ],
        is_family_first: false,
    },
    Office {
        city: "Rotterdam",
        state: "Zuid-Holland",
        country: "NL",
        coordinates: (519_225, 44_792),
        utc_offset_minutes: 60,
        network: "198.51.100.",
        autonomous_system: 64_497,
        share: 150,
        given: &["Daan", "Sanne", "Joost", "Femke", "Bram", "Lieke", "Ruben", "Anouk", "Thijs", "Marit"],
        family: &["de Vries", "van den Berg", "Jansen", "Bakker", "Visser", "Dekker", "van Dijk", "Mulder", "Kuiper"],
        is_family_first: false,
    },
    Office {
        city: "Singapore",
        state: "Central Singapore",
        country: "SG",
        coordinates: (13_521, 1_038_198),
        utc_offset_minutes: 480,
        network: "203.0.113.",
        autonomous_system: 64_498,
        share: 130,
        given: &["Wei Ling", "Arun", "Mei", "Jun Hao", "Priya", "Hui Min", "Faizal", "Siti", "Kumar", "Xin Yi"],
        family: &["Tan", "Lim", "Ng", "Raman", "Chua", "Goh", "Ismail", "Wong", "Subramaniam"],
        is_family_first: false,
    },
    Office {
        city: "Piraeus",
        state: "Attiki",
        country: "GR",
        coordinates: (379_420, 236_462),
        utc_offset_minutes: 120,
        network: "2001:db8:30::",
        autonomous_system: 64_499,
        share: 90,
        given: &["Ελένη", "Νίκος", "Μαρία", "Γιώργος", "Δήμητρα", "Κώστας", "Σοφία", "Παναγιώτης"],
        family: &["Παπαδοπούλου", "Νικολάου", "Οικονόμου", "Δημητρίου", "Βλάχος", "Αντωνίου", "Καραγιάννης"],
        is_family_first: false,
    },
    Office {
        city: "Tokyo",
        state: "Tokyo",
        country: "JP",
        coordinates: (356_895, 1_396_917),
        utc_offset_minutes: 540,
        network: "2001:db8:81::",
        autonomous_system: 64_500,
        share: 90,
        given: &["陽子", "健一", "美咲", "翔太", "葵", "直樹", "由美", "大輔"],
        family: &["佐藤", "鈴木", "高橋", "田中", "渡辺", "伊藤", "山本"],
        is_family_first: true,
    },
    Office {
        city: "Houston",
        state: "Texas",
        country: "US",
        coordinates: (297_604, -953_698),
        utc_offset_minutes: -360,
        network: "2001:db8:1::",
        autonomous_system: 64_501,
        share: 110,
        given: &["Maria", "James", "Destiny", "Carlos", "Ashley", "Tyler", "Latoya", "Miguel", "Grace", "Samuel"],
        family: &["O'Brien", "Garcia", "Johnson", "Nguyen", "Washington", "Hernandez", "Smith-Jones", "Lee", "Carter"],
        is_family_first: false,
    },
    Office {
        city: "Mumbai",
        state: "Maharashtra",
        country: "IN",
        coordinates: (190_760, 728_777),
        utc_offset_minutes: 330,
        network: "2001:db8:91::",
        autonomous_system: 64_502,
        share: 90,
        given: &["Aarav", "Diya", "Rohan", "Ananya", "Vikram", "Sneha", "अनिल", "सुनीता", "Kavita"],
        family: &["Sharma", "Patel", "Iyer", "Deshmukh", "Nair", "Kulkarni", "वर्मा", "Fernandes"],
        is_family_first: false,
    },
    Office {
        city: "Odesa",
        state: "Odeska oblast",
        country: "UA",
        coordinates: (464_825, 307_233),
        utc_offset_minutes: 120,
        network: "2001:db8:380::",
        autonomous_system: 64_503,
        share: 50,
        given: &["Оксана", "Андрій", "Юлія", "Тарас", "Наталія", "Богдан"],
        family: &["Шевченко", "Коваленко", "Бойко", "Ткаченко", "Мельник", "Лисенко"],
        is_family_first: false,
    },
    Office {
        city: "Dubai",
        state: "Dubayy",
        country: "AE",
        coordinates: (252_048, 552_708),
        utc_offset_minutes: 240,
        network: "2001:db8:971::",
        autonomous_system: 64_504,
        share: 30,
        given: &["فاطمة", "محمد", "ليلى", "خالد", "Noor", "Yusuf"],
        family: &["الهاشمي", "المنصوري", "حداد", "Rahman", "Khoury"],
        is_family_first: false,
    },
];

/// Places where nobody works; risky sign-ins come from them.
pub static ELSEWHERE: &[Office] = &[
    Office {
        city: "Reykjavik",
        state: "Hofudborgarsvaedi",
        country: "IS",
        coordinates: (641_466, -219_426),
        utc_offset_minutes: 0,
        network: "203.0.113.2",
        autonomous_system: 64_510,
        share: 0,
        given: &[],
        family: &[],
        is_family_first: false,
    },
    Office {
        city: "Santos",
        state: "Sao Paulo",
        country: "BR",
        coordinates: (-239_608, -463_336),
        utc_offset_minutes: -180,
        network: "198.51.100.1",
        autonomous_system: 64_511,
        share: 0,
        given: &[],
        family: &[],
        is_family_first: false,
    },
];

/// Latin spelling for principal names: Graph's are ASCII, so names in other scripts get a romanised one made by hand.
pub fn romanise(name: &str) -> String {
    let known: &[(&str, &str)] = &[
        ("Ελένη", "eleni"),
        ("Νίκος", "nikos"),
        ("Μαρία", "maria"),
        ("Γιώργος", "giorgos"),
        ("Δήμητρα", "dimitra"),
        ("Κώστας", "kostas"),
        ("Σοφία", "sofia"),
        ("Παναγιώτης", "panagiotis"),
        ("Παπαδοπούλου", "papadopoulou"),
        ("Νικολάου", "nikolaou"),
        ("Οικονόμου", "oikonomou"),
        ("Δημητρίου", "dimitriou"),
        ("Βλάχος", "vlachos"),
        ("Αντωνίου", "antoniou"),
        ("Καραγιάννης", "karagiannis"),
        ("陽子", "yoko"),
        ("健一", "kenichi"),
        ("美咲", "misaki"),
        ("翔太", "shota"),
        ("葵", "aoi"),
        ("直樹", "naoki"),
        ("由美", "yumi"),
        ("大輔", "daisuke"),
        ("佐藤", "sato"),
        ("鈴木", "suzuki"),
        ("高橋", "takahashi"),
        ("田中", "tanaka"),
        ("渡辺", "watanabe"),
        ("伊藤", "ito"),
        ("山本", "yamamoto"),
        ("अनिल", "anil"),
        ("सुनीता", "sunita"),
        ("वर्मा", "verma"),
        ("Оксана", "oksana"),
        ("Андрій", "andrii"),
        ("Юлія", "yuliia"),
        ("Тарас", "taras"),
        ("Наталія", "nataliia"),
        ("Богдан", "bohdan"),
        ("Шевченко", "shevchenko"),
        ("Коваленко", "kovalenko"),
        ("Бойко", "boiko"),
        ("Ткаченко", "tkachenko"),
        ("Мельник", "melnyk"),
        ("Лисенко", "lysenko"),
        ("فاطمة", "fatima"),
        ("محمد", "mohammed"),
        ("ليلى", "layla"),
        ("خالد", "khalid"),
        ("الهاشمي", "alhashimi"),
        ("المنصوري", "almansoori"),
        ("حداد", "haddad"),
    ];
    if let Some((_, latin)) = known.iter().find(|(script, _)| *script == name) {
        return (*latin).to_owned();
    }
    let spelled: String = name.to_lowercase().replace('ü', "ue").replace('ö', "oe").replace('ß', "ss");
    spelled.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_latin_spelling() {
        for name in OFFICES.iter().flat_map(|office| office.given.iter().chain(office.family)) {
            assert!(romanise(name).len() > 1, "{name}");
        }
    }
}
