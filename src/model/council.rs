//! Councils, and the table of them.

use std::collections::HashMap;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use super::{Error, PartialDate, Result};

/// A principal authority, or any body given by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Its first day, when it took over its services; `None` where that lies
    /// before the records. A shadow council may have met before.
    #[serde(default)]
    pub from: Option<PartialDate>,
    /// Its last day, which may be still to come; `None` while none is law.
    #[serde(default)]
    pub until: Option<PartialDate>,
    /// The slugs of the councils that take over in its area the day after its
    /// last; empty while none is law. Written with `;` between them.
    #[serde(default, with = "slugs")]
    pub successors: Vec<String>,
    /// The region of England as statistics have it (ITL 1), elsewhere the nation; empty
    /// when not known.
    #[serde(default)]
    pub region: String,
}

impl Council {
    /// Whether it existed on some day that `date` may mean.
    pub fn existed(&self, date: PartialDate) -> bool {
        self.from.is_none_or(|from| from.first_day() <= date.last_day())
            && self.until.is_none_or(|until| date.first_day() <= until.last_day())
    }

    /// The first day on which it is no more; `None` while none is law.
    pub fn abolished(&self) -> Option<PartialDate> {
        self.until.and_then(|until| until.last_day().tomorrow().ok()).map(PartialDate::from)
    }

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
    /// nation, platform and `base_url`, and where it has them from, until,
    /// successors and region; others are passed over.
    pub fn from_csv(csv: &[u8]) -> Result<Self> {
        let mut all = Vec::new();
        for (row, council) in csv::Reader::from_reader(csv).into_deserialize::<Council>().enumerate() {
            all.push(council.map_err(|error| {
                Error::Input(format!("row {} of the table of councils is not right: {error}", row + 2))
            })?);
        }
        let mut by_key = places_by_key(&all, |council| Some(name_key(&council.name)));
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

    /// Where in the table the council stands that a key means; a council
    /// without a key is passed over.
    ///
    /// Where several have a key, it means the one whose last day is not set:
    /// Dorset is Dorset Council, not the county council before it. Where there
    /// is no such one, or are two, it means none of them: `None`.
    pub fn by_key<K: Eq + Hash>(&self, key: impl Fn(&Council) -> Option<K>) -> HashMap<K, Option<usize>> {
        places_by_key(&self.all, key)
    }

    /// The councils that the council of this slug took over from, in the order
    /// of the table.
    pub fn predecessors(&self, slug: &str) -> Vec<&Council> {
        let hands_over = |council: &&Council| council.successors.iter().any(|other| other == slug);
        self.all.iter().filter(hands_over).collect()
    }

    /// All councils from which the council of this slug took over, its
    /// predecessors' predecessors among them; each once, the nearest first.
    pub fn all_predecessors(&self, slug: &str) -> Vec<&Council> {
        let mut found = self.predecessors(slug);
        let mut at = 0;
        while let Some(council) = found.get(at) {
            // A table made by hand may lead round in a circle.
            for other in self.predecessors(&council.slug) {
                if other.slug != slug && found.iter().all(|held| held.slug != other.slug) {
                    found.push(other);
                }
            }
            at += 1;
        }
        found
    }

    /// The council of that slug or name. Words such as “County Council” may
    /// be left out, unless two councils then share the name and both, or
    /// neither, have a last day.
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

/// See [`Councils::by_key`].
fn places_by_key<K: Eq + Hash>(
    councils: &[Council],
    key: impl Fn(&Council) -> Option<K>,
) -> HashMap<K, Option<usize>> {
    let mut places: HashMap<K, Option<usize>> = HashMap::new();
    let passes: [fn(&Council) -> bool; 2] =
        [|council| council.until.is_none(), |council| council.until.is_some()];
    for is_of_this_pass in passes {
        let mut these: HashMap<K, Option<usize>> = HashMap::new();
        for (at, council) in councils.iter().enumerate().filter(|(_, council)| is_of_this_pass(council)) {
            if let Some(key) = key(council) {
                these.entry(key).and_modify(|found| *found = None).or_insert(Some(at));
            }
        }
        for (key, at) in these {
            places.entry(key).or_insert(at);
        }
    }
    places
}

/// Several slugs in one cell.
mod slugs {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(slugs: &[String], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&slugs.join(";"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
        let cell = String::deserialize(deserializer)?;
        let slugs = cell.split(';').map(str::trim).filter(|slug| !slug.is_empty());
        Ok(slugs.map(str::to_owned).collect())
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

    fn reorganised() -> Councils {
        Councils::from_csv(
            b"slug,name,gss_code,nation,platform,base_url,from,until,successors\n\
              dorset-council,Dorset Council,E06000059,England,,,2019-04-01,,\n\
              dorset-county,Dorset County Council,E10000009,England,,,,2019-03-31,dorset-council;bcp\n\
              bcp,Seaside Council,E06000058,England,,,2019-04-01,2027-03-31,coast\n\
              poole,Borough of Poole,E06000029,England,,,,2019-03-31,bcp\n\
              coast,Coast Council,,England,,,2027-04-01,,\n",
        )
        .unwrap()
    }

    #[test]
    fn a_name_means_the_council_whose_last_day_is_not_set() {
        let councils = reorganised();
        let found = |name: &str| councils.find(name).map(|council| council.slug.as_str());
        assert_eq!(found("Dorset"), Some("dorset-council"));
        assert_eq!(found("Dorset County Council"), Some("dorset-county"));
        assert_eq!(found("Poole Council"), Some("poole"));
    }

    #[test]
    fn predecessors_are_read_off_the_successors() {
        let councils = reorganised();
        let slugs =
            |found: Vec<&Council>| found.iter().map(|council| council.slug.clone()).collect::<Vec<_>>();
        assert_eq!(slugs(councils.predecessors("bcp")), ["dorset-county", "poole"]);
        assert_eq!(slugs(councils.all_predecessors("coast")), ["bcp", "dorset-county", "poole"]);
        assert!(councils.all_predecessors("poole").is_empty());
    }

    #[test]
    fn a_table_that_leads_round_in_a_circle_is_followed_once() {
        let councils = Councils::from_csv(
            b"slug,name,gss_code,nation,platform,base_url,from,until,successors\n\
              a,A,,,,,,2019-03-31,b\nb,B,,,,,,2020-03-31,a; c\nc,C,,,,,,,nobody\n",
        )
        .unwrap();
        let slugs: Vec<&str> =
            councils.all_predecessors("c").iter().map(|council| council.slug.as_str()).collect();
        assert_eq!(slugs, ["b", "a"]);
    }

    #[test]
    fn a_council_exists_from_its_first_day_to_its_last() {
        let councils = reorganised();
        let bcp = councils.find("bcp").unwrap();
        let existed = |date: &str| bcp.existed(date.parse().unwrap());
        assert!(existed("2019-04-01") && existed("2027-03-31") && existed("2019") && existed("2027"));
        assert!(!existed("2019-03-31") && !existed("2018") && !existed("2027-04-01") && !existed("2028"));
        assert_eq!(bcp.abolished(), "2027-04-01".parse().ok());
        assert_eq!(councils.find("dorset-council").unwrap().abolished(), None);
    }

    #[test]
    fn a_day_that_does_not_exist_is_named_with_its_row() {
        let csv = b"slug,name,gss_code,nation,platform,base_url,from\na,A,,,,,\nb,B,,,,,2019-02-30\n";
        let error = Councils::from_csv(csv).unwrap_err().to_string();
        assert!(error.contains("row 3") && error.contains("2019-02-30"), "{error}");
    }
}
