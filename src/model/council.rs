//! Councils, and the table of them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Error, Result};

/// A principal authority, or any body given by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Council {
    /// Its short name: lower-case letters, digits and `-`.
    pub slug: String,
    /// Its full name.
    pub name: String,
    /// Its ONS code; empty for a body given by hand.
    #[serde(rename = "gss_code")]
    pub gss: String,
    /// England, Wales, Scotland or Northern Ireland.
    pub nation: String,
    /// The publishing system: `moderngov`, `cmis`, or empty when not known.
    pub platform: String,
    /// The root address of its committee pages; empty when not known.
    #[serde(rename = "base_url")]
    pub address: String,
}

impl Council {
    /// Whether a body's name speaks of the council's place: `Adur Planning
    /// Committee` is one of Adur District Council.
    pub fn is_named_in(&self, body: &str) -> bool {
        let words = |words: &str| format!("-{words}-");
        words(&slug(body)).contains(&words(&name_key(&self.name)))
    }
}

/// The table of councils, searchable by slug and name.
#[derive(Debug, Clone, Default)]
pub struct Councils {
    all: Vec<Council>,
    by_key: HashMap<String, Option<usize>>,
}

impl Councils {
    /// Reads the table out of CSV with the columns slug, name, `gss_code`,
    /// nation, platform and `base_url`; others are passed over.
    pub fn from_csv(csv: &[u8]) -> Result<Self> {
        let mut all = Vec::new();
        for (row, council) in csv::Reader::from_reader(csv).into_deserialize::<Council>().enumerate() {
            all.push(council.map_err(|error| {
                Error::Input(format!("row {} of the table of councils is not right: {error}", row + 2))
            })?);
        }
        let mut by_key = HashMap::new();
        for (at, council) in all.iter().enumerate() {
            for key in [council.slug.clone(), name_key(&council.name)] {
                by_key
                    .entry(key)
                    .and_modify(|found: &mut Option<usize>| {
                        if *found != Some(at) {
                            *found = None;
                        }
                    })
                    .or_insert(Some(at));
            }
        }
        // A slug always means its own council, also where a name is shared.
        for (at, council) in all.iter().enumerate() {
            by_key.insert(council.slug.clone(), Some(at));
        }
        Ok(Self { all, by_key })
    }

    /// All councils, in the order of the table.
    pub fn all(&self) -> &[Council] {
        &self.all
    }

    /// The council of that slug or name. Words such as “County Council” may
    /// be left out, unless two councils then share the name.
    pub fn find(&self, name: &str) -> Option<&Council> {
        let slug = name.trim().to_lowercase();
        let exact =
            self.all.iter().find(|council| council.slug == slug || council.name.to_lowercase() == slug);
        exact.or_else(|| self.by_key.get(&name_key(name)).copied().flatten().map(|at| &self.all[at]))
    }

    /// The slug for a council's name: the table's, or one made of the name.
    pub fn slug_for(&self, name: &str) -> String {
        match self.find(name) {
            Some(council) => council.slug.clone(),
            None => slug(name),
        }
    }
}

/// Lower-case letters and digits with `-` between words.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !matches!(c, '\'' | '’') && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// The name without the words that say what kind of principal authority it is.
///
/// Parish, town and community councils keep theirs: Sheffield City Council is
/// also called Sheffield, but Wereham Parish Council is never Wereham.
fn name_key(name: &str) -> String {
    const KIND_WORDS: [&str; 12] = [
        "council",
        "city",
        "county",
        "borough",
        "district",
        "metropolitan",
        "royal",
        "london",
        "of",
        "the",
        "mbc",
        "and",
    ];
    let words = slug(&name.replace('&', " and "));
    let kept: Vec<&str> = words.split('-').filter(|word| !KIND_WORDS.contains(word)).collect();
    if kept.is_empty() { words } else { kept.join("-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn councils() -> Councils {
        Councils::from_csv(
            b"slug,name,gss_code,nation,platform,base_url\n\
              sefton,Sefton Metropolitan Borough Council,E08000014,England,moderngov,https://modgov.sefton.gov.uk\n\
              nottingham,Nottingham City Council,E06000018,England,moderngov,\n\
              city-of-london,City of London Corporation,E09000001,England,,\n\
              durham,Durham County Council,E06000047,England,,\n",
        )
        .unwrap()
    }

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(councils().find(name).map(|council| council.slug.clone()).as_deref(), expected);
    }

    #[test]
    fn a_council_is_found_without_the_words_for_its_kind() {
        check("Sefton Council", Some("sefton"));
        check("Sefton MBC", Some("sefton"));
        check("sefton", Some("sefton"));
        check("County Durham", Some("durham"));
    }

    #[test]
    fn a_place_elsewhere_or_a_parish_is_another_council() {
        check("City of London, Ontario", None);
        check("Sefton Parish Council", None);
        assert_eq!(councils().slug_for("St. Mary's Parish Council"), "st-marys-parish-council");
    }
}
